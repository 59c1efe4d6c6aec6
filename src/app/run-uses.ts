/** What is done with runs and what they add up to: loaded when somebody does it, for many commands only list. */

export { cancelRun } from "../runs/cancel-run.ts";
export { closeRisk } from "../runs/close-risk.ts";
export { reportRun } from "../runs/end-run.ts";
export { keepSnapshot, readKpiSeries, readPortfolio, refreshBoard } from "../runs/read-board.ts";
export { readFigures, readRun } from "../runs/read-run.ts";
export { recordKpis } from "../runs/record-kpis.ts";
export { refreshStats } from "../runs/refresh-stats.ts";
export { readOutcome } from "../runs/run-outcome.ts";
export { findMissingRuntimes } from "../runs/run-runtimes.ts";
export { watchRuns } from "../runs/watch-runs.ts";
export { renderPortfolio } from "../reports/render-portfolio.ts";
export { exportDocuments, importFolder } from "./documents.ts";
