/** A back-test of 100,000 runs and 300,000 rows, beside one plain pass over the same. */

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

import { openStore } from "../../src/app/open-store.ts";
import { systemClock } from "../../src/app/system.ts";
import { type Backtest, backtest } from "../../src/history/backtest/backtest.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { History } from "../../src/model/history.ts";
import { type Policy, policySchema } from "../../src/model/policy.ts";
import { DEFAULT_RISK_RULES } from "../../src/model/risk-rules.ts";
import { readReference } from "../../src/store/documents/read-reference.ts";
import { LAST_DATE, aHistory, makeWorkspace } from "./a-history.ts";
import { report } from "./measure.ts";
import { type Thresholds, plainBacktest } from "./plain-backtest.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 100_000);
const FEW = Math.min(1000, RUNS);
const ROUNDS = 5;

const AGAINST: Thresholds = { due: 5, overrunPct: 40 };
const UNDER: Thresholds = { due: 4, overrunPct: 60 };

const [, , given] = process.argv;
// Memory is a process's own: what makes the history must not be in it.
if (given === undefined) startMeasuring();
else await measure(given);

function startMeasuring(): void {
  const folder = makeWorkspace((reference) => aHistory(RUNS, reference));
  const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), folder], {
    stdio: "inherit",
  });
  rmSync(dirname(folder), { recursive: true });
  process.exitCode = status ?? 1;
}

async function measure(folder: string): Promise<void> {
  const { reference } = readReference(folder);
  const importStart = performance.now();
  const { store } = await openStore(folder, {
    clock: systemClock,
    leaveOut: false,
    workspaceFolder: folder,
  });
  const importing = performance.now() - importStart;
  const readingStart = performance.now();
  const record = {
    history: await store.readHistory(),
    stats: await store.listAgentStats(),
    reference,
    now: `${LAST_DATE}T23:59:59Z`,
  };
  const reading = performance.now() - readingStart;
  await store.close();
  const policies = { under: toPolicy(UNDER), against: toPolicy(AGAINST) };
  const first = backtest(record, policies);
  const peak = process.resourceUsage().maxRSS / 1024;
  const { history } = record;
  const few = { ...record, history: firstRuns(history, FEW) };
  const [ours, plain, ofFew]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(time(() => backtest(record, policies)));
    plain.push(time(() => plainBacktest(history, reference, { under: UNDER, against: AGAINST })));
    // As much work as on all, a few at a time.
    ofFew.push(
      time(() => {
        for (let turn = 0; turn < RUNS / FEW; turn += 1) backtest(few, policies);
      }),
    );
  }
  const expected = plainBacktest(history, reference, { under: UNDER, against: AGAINST });
  if (!isDeepStrictEqual(toFigures(first), expected)) {
    throw new Error(`not the same figures: ${JSON.stringify([toFigures(first), expected])}`);
  }
  const [all, many, pass] = [Math.min(...ours), Math.min(...ofFew), Math.min(...plain)];
  report(`back-test, ${RUNS} runs and ${history.rows.length} rows`, {
    "ours, rows/s": (history.rows.length / all) * 1000,
    "plain pass, rows/s": (history.rows.length / pass) * 1000,
    "ratio to the plain pass": pass / all,
    floor: 0.5,
    [`cost of a run, beside that at ${FEW}`]: all / many,
    "limit of that": 1.3,
    "peak memory, import of the documents included, MB": peak,
    "limit of that, MB": 400,
    "import of the documents, ms": importing,
    "reading the history, ms": reading,
  });
}

function time(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function firstRuns({ runs, rows, events, ...rest }: History, count: number): History {
  const first = runs.slice(0, count);
  const ids = new Set(first.map((run) => run.run_id));
  const isTheirs = ({ run_id }: { run_id: string }) => ids.has(run_id);
  return { ...rest, runs: first, rows: rows.filter(isTheirs), events: events.filter(isTheirs) };
}

function toPolicy({ due, overrunPct }: Thresholds): Policy {
  const rules = DEFAULT_RISK_RULES.map((rule) =>
    rule.rule_id === "task-overrun"
      ? {
          ...rule,
          when: {
            all: rule.when.all.map((condition) =>
              condition.metric === "task.overrun_pct"
                ? { ...condition, value: overrunPct }
                : condition,
            ),
          },
        }
      : rule,
  );
  return policySchema.parse({
    ...DEFAULT_POLICY,
    approvals: { ...DEFAULT_POLICY.approvals, due_minutes: due },
    risk: { rules },
  });
}

/** The same figures as the plain pass gives. */
function toFigures(result: Backtest): ReturnType<typeof plainBacktest> {
  const { events, flagged, recorded_events, gates } = result;
  return {
    appear: events.appear.length,
    vanish: events.vanish.length,
    same: events.same,
    flagged: flagged.now.length,
    precision: result.precision,
    recall: result.recall,
    recorded: recorded_events.recorded,
    found: recorded_events.found,
    approvals: gates.approvals,
    overdue: {
      appear: gates.overdue.appear.length,
      vanish: gates.overdue.vanish.length,
      same: gates.overdue.same,
    },
    anonymous: gates.anonymous,
    wait_minutes_affected: gates.wait_minutes_affected,
    weighed: result.routes.recorded.weighed,
    not_evaluable: result.not_evaluable
      .filter(({ what }) => !what.startsWith("how fast"))
      .map(({ n }) => n),
  };
}
