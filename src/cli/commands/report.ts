import { readKpiSeries, reportRun } from "../../app/governance.ts";
import { renderRunReport } from "../../reporting/render-run-report.ts";
import type { CommandContext } from "../context.ts";
import { writePage } from "../write-page.ts";

export async function report(
  context: CommandContext,
  runId: string,
  { html }: { html?: string },
): Promise<number> {
  return context.withBooks(async (books) => {
    const run = await reportRun(runId, books);
    if (html !== undefined) {
      const { renderRunPage } = await import("../../pages/run-page.ts");
      writePage(html, renderRunPage(run, await readKpiSeries([run.mission_id], books)));
    }
    context.print(run, () =>
      html === undefined ? renderRunReport(run).trimEnd() : `Wrote ${html}.`,
    );
    return 0;
  });
}
