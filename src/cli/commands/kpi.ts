import { readRun } from "../../../graph/read-run.ts";
import { recordKpis } from "../../app/governance.ts";
import type { CommandContext } from "../context.ts";
import { formatKpis } from "../format.ts";
import { parseAssignments } from "../parse-assignments.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

export async function kpi(
  context: CommandContext,
  runId: string,
  assignments: readonly string[],
): Promise<number> {
  // What is no number goes on as text, to be refused together with the list of what is known.
  const figures = parseAssignments("kpi", assignments).map(
    ([name, text]) => [name, NUMBER.test(text.trim()) ? Number(text) : text] as const,
  );
  return context.withBooks(async (books) => {
    await recordKpis(runId, Object.fromEntries(figures), books);
    const { run, kpis, risks } = await readRun(runId, books);
    context.print({ run_id: runId, kpi_gap_summary: kpis, risk_events: risks, run }, () =>
      [`${runId}: recorded.`, "", formatKpis(kpis)].join("\n"),
    );
    return 0;
  });
}
