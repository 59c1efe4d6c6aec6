import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";
import { meantRun } from "../latest.ts";

export function reportCommand(act: Act) {
  return new Command("report")
    .argument("<run>")
    .description(
      "what happened, what is at risk, what to do next: a page on a terminal, else Markdown",
    )
    .option("--html <file>", "write a self-contained page with charts instead")
    .action((given, { html }) =>
      act((context) =>
        context.withControl(async (control) => {
          const runId = await meantRun(control, given);
          const run = await control.report(runId);
          if (html !== undefined) {
            const { renderReportPage } = await import("../run-pages.ts");
            const { writePage } = await import("../write-page.ts");
            writePage(html, await renderReportPage(run, control));
            context.print(run, () => `Wrote ${html}.`);
            return 0;
          }
          const { screen } = context;
          if (screen.isTerminal) {
            const { formatReport } = await import("../terminal-pages.ts");
            context.print(run, () => formatReport(run, screen));
            return 0;
          }
          const { renderRunReport } = await import("../../reports/render-run-report.ts");
          context.print(run, () => renderRunReport(run).trimEnd());
          return 0;
        }),
      ),
    );
}
