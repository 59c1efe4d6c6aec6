/** A run's report as Markdown, for people. */

import { outcomeLight, riskLight } from "./lights.ts";
import { escapeMarkdown, markdownDocument, markdownPart, markdownSection } from "./markdown.ts";
import type { RunReport } from "./run-report.ts";
import { describePolish, describeRunReport, sayStep, titleOfRun } from "./run-sections.ts";
import { sayCell } from "./table.ts";

export function renderRunReport(report: RunReport): string {
  const { kpis, risks, fixes, ledger, ...record } = describeRunReport(report);
  const polish = describePolish(report);
  return markdownDocument([
    `# ${escapeMarkdown(titleOfRun(report))}`,
    `**${sayCell(outcomeLight(report.outcome))}** · **${sayCell(riskLight(report.risk))}**`,
    escapeMarkdown(report.executive_summary),
    polish === "" ? "" : `_${escapeMarkdown(polish)}_`,
    markdownPart("What to do next", listSteps(report)),
    ...[kpis, risks, fixes, ledger, ...Object.values(record)].map(markdownSection),
  ]);
}

function listSteps({ next_steps }: RunReport): string {
  if (next_steps.length === 0) return "Nothing is left to do.";
  return next_steps
    .map((step, position) => `${position + 1}. ${escapeMarkdown(sayStep(step))}`)
    .join("\n");
}
