import { Command } from "@commander-js/extra-typings";

import { count } from "../../model/count.ts";
import type { Act } from "../command.ts";

export function portfolioCommand(act: Act) {
  return new Command("portfolio")
    .description("all missions on one page; Markdown where it goes into a file")
    .option("--date <date>", "as at the end of that day, UTC (default: today)")
    .option("--period <period>", "day, or week: what the trend is measured against", "day")
    .option("--save", "keep its figures in mission_portfolio_snapshot.json; runs do so for today")
    .option(
      "--html <file>",
      "write a self-contained page instead, and beside it those of the runs it links to",
    )
    .action(({ date, period, save, html }) =>
      act(async (context) => {
        const { parsePeriod } = await import("../parse-words.ts");
        const parsed = parsePeriod(period);
        return context.withControl(async (control) => {
          const board = await control.portfolio(date, parsed);
          if (save === true) await control.saveSnapshot(board);
          if (html !== undefined) {
            const { renderPortfolioPage } = await import("../../reports/pages/portfolio-page.ts");
            const { writePage } = await import("../write-page.ts");
            const { writeRunPages } = await import("../run-pages.ts");
            const { linkedRuns } = await import("../../reports/portfolio-sections.ts");
            const missions = board.missions.map((mission) => mission.mission_id);
            const runs = linkedRuns(board);
            await writeRunPages(runs, { beside: html, control });
            writePage(html, renderPortfolioPage(board, await control.kpiSeries(missions)));
            context.print(board, () => describeWritten(html, runs));
            return 0;
          }
          const { screen } = context;
          if (screen.isTerminal) {
            const { formatPortfolio } = await import("../terminal-pages.ts");
            context.print(board, () => formatPortfolio(board, screen));
            return 0;
          }
          const { renderPortfolio } = await import("../../reports/render-portfolio.ts");
          context.print(board, () => renderPortfolio(board).trimEnd());
          return 0;
        });
      }),
    );
}

function describeWritten(html: string, runs: readonly string[]): string {
  return `Wrote ${html}${runs.length === 0 ? "" : `, and beside it ${count(runs.length, "page")} of runs`}.`;
}
