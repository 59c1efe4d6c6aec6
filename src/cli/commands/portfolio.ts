import { readKpiSeries, readPortfolio, saveSnapshot } from "../../app/governance.ts";
import { MissionError } from "../../errors.ts";
import { snapshotPeriodSchema } from "../../model/mission-portfolio-snapshot.ts";
import { renderPortfolio } from "../../reporting/render-portfolio.ts";
import type { CommandContext } from "../context.ts";
import { writePage } from "../write-page.ts";

export async function portfolio(
  context: CommandContext,
  options: { date?: string; period?: string; html?: string; save?: boolean },
): Promise<number> {
  const period = snapshotPeriodSchema.safeParse(options.period ?? "day");
  if (!period.success) throw new MissionError("USAGE", "--period is day or week.");
  const { date, html, save = false } = options;
  return context.withBooks(async (books) => {
    const board = await readPortfolio({ date, period: period.data }, books);
    const { snapshot_date } = board.snapshot;
    if (save) await saveSnapshot({ date: snapshot_date, period: period.data }, books);
    if (html !== undefined) {
      const { renderPortfolioPage } = await import("../../pages/portfolio-page.ts");
      const missions = board.missions.map((mission) => mission.mission_id);
      writePage(html, renderPortfolioPage(board, await readKpiSeries(missions, books)));
    }
    context.print(board, () =>
      html === undefined ? renderPortfolio(board).trimEnd() : `Wrote ${html}.`,
    );
    return 0;
  });
}
