import { backtest } from "/work/main/src/replay/backtest.ts";
import { parseSweep } from "/work/main/src/replay/sweep-range.ts";
import { sweepThreshold } from "/work/main/src/replay/sweep.ts";
import { adviseGates } from "/work/main/src/replay/advise.ts";
import { policySchema, DEFAULT_POLICY } from "/work/main/src/model/policy.ts";
import { SAMPLE_HISTORY, SAMPLE_REFERENCE } from "/work/main/test/risk/sample.ts";
const runs = [], rows = [];
for (let i = 0; i < 100000; i++) {
  const r = SAMPLE_HISTORY.runs[i % 8]!; const run_id = `R${i}`;
  runs.push({ ...r, run_id });
  for (const row of SAMPLE_HISTORY.rows) if (row.run_id === r.run_id) rows.push({ ...row, run_id, attempt: 1, decision: row.human_approval_required ? "approve" : undefined, actual_duration_minutes: row.actual_duration_minutes + i % 7 });
}
const record = { history: { ...SAMPLE_HISTORY, runs, rows } as never, stats: [], reference: SAMPLE_REFERENCE, now: "2026-11-22T13:00:00Z" };
console.log(rows.length);
let t = performance.now();
const r = backtest(record, { under: policySchema.parse({ approvals: { due_minutes: 4 }, routing: { weights: { speed: 1 } } }), against: DEFAULT_POLICY });
console.log("backtest", Math.round(performance.now() - t), r.events.appear.length);
t = performance.now();
sweepThreshold(record, { range: parseSweep("task-overrun.task.overrun_pct=20..100:10", DEFAULT_POLICY.risk), policy: DEFAULT_POLICY });
console.log("sweep 9", Math.round(performance.now() - t)); t = performance.now();
sweepThreshold(record, { range: parseSweep("task-overrun.task.overrun_pct=1..1000:1", DEFAULT_POLICY.risk), policy: DEFAULT_POLICY });
console.log("sweep 1000", Math.round(performance.now() - t)); t = performance.now();
adviseGates(rows as never, SAMPLE_REFERENCE.plans); console.log("advise", Math.round(performance.now() - t));
