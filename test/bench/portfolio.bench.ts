/** The portfolio over 100,000 runs and 300,000 rows, beside one plain pass over the same. */

import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { openStore } from "../../src/app/open-store.ts";
import { systemClock } from "../../src/app/system.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { buildPortfolio, windowOf } from "../../src/reports/portfolio.ts";
import { readReference } from "../../src/store/documents/read-reference.ts";
import { LAST_DATE, aHistory, makeWorkspace } from "./a-history.ts";
import { report } from "./measure.ts";
import { plainPortfolio } from "./plain-portfolio.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 100_000);
const ROUNDS = 7;

const folder = makeWorkspace((documents) => aHistory(RUNS, documents));
const { reference } = readReference(folder);
const context = { date: LAST_DATE, reference, policy: DEFAULT_POLICY };

const importStart = performance.now();
const { store } = await openStore(folder, {
  clock: systemClock,
  leaveOut: false,
  workspaceFolder: folder,
});
const importing = performance.now() - importStart;
const readingStart = performance.now();
const history = await store.readHistory();
const reading = performance.now() - readingStart;

const ours: number[] = [];
const plain: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  let start = performance.now();
  const expected = plainPortfolio(history, reference, LAST_DATE);
  plain.push(performance.now() - start);
  start = performance.now();
  const record = await store.readPortfolio(windowOf(context));
  const { snapshot } = buildPortfolio(record, context);
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
  "ours, out of the store, ms": Math.min(...ours),
  "plain pass over records in memory, ms": Math.min(...plain),
  ratio: Math.min(...ours) / Math.min(...plain),
  limit: 2,
  "import of the documents, ms": importing,
  "reading the history, ms": reading,
});
await store.close();
rmSync(dirname(folder), { recursive: true });
