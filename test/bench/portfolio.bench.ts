/** The portfolio over 100,000 runs and 300,000 rows, beside one plain pass over the same. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { initWorkspace } from "../../src/index.ts";
import { DEFAULT_POLICY } from "../../src/model/policy.ts";
import { buildPortfolio } from "../../src/reporting/portfolio.ts";
import { createJsonTelemetryStore } from "../../src/telemetry/json-telemetry-store.ts";
import { readReference } from "../../src/telemetry/reference-files.ts";
import { LAST_DATE, aHistory } from "./a-history.ts";
import { report } from "./measure.ts";
import { plainPortfolio } from "./plain-portfolio.ts";

const RUNS = 100_000;
const ROUNDS = 7;

const folder = mkdtempSync(join(tmpdir(), "mission-control-bench-"));
initWorkspace(folder);
const { reference } = readReference(folder);
const written = aHistory(RUNS, reference);
for (const [name, records] of [
  ["mission_runs", written.runs],
  ["task_execution_logs", written.rows],
  ["mission_risk_events", written.events],
  ["mission_portfolio_snapshot", []],
] as const) {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(records));
}

const readingStart = performance.now();
const history = await createJsonTelemetryStore({ folder }).readHistory();
const reading = performance.now() - readingStart;

const ours: number[] = [];
const plain: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  let start = performance.now();
  const expected = plainPortfolio(history, reference, LAST_DATE);
  plain.push(performance.now() - start);
  start = performance.now();
  const { snapshot } = buildPortfolio(history, {
    date: LAST_DATE,
    reference,
    policy: DEFAULT_POLICY,
  });
  ours.push(performance.now() - start);
  const {
    snapshot_date: _date,
    period: _period,
    top_bottleneck_task_name: _name,
    ...got
  } = snapshot;
  if (!isDeepStrictEqual(got, expected)) {
    throw new Error(`not the same figures: ${JSON.stringify([got, expected])}`);
  }
}
report(`portfolio, ${RUNS} runs and ${history.rows.length} rows`, {
  "ours, ms": Math.min(...ours),
  "plain pass, ms": Math.min(...plain),
  ratio: Math.min(...ours) / Math.min(...plain),
  limit: 2,
  "reading (JSON.parse and schema check), ms": reading,
});
rmSync(folder, { recursive: true });
