/** What attempts have used up, or have reserved, since budgets began: of a run, a mission's month, or a month. */

import { type Amounts, MEASURES, type Measure } from "../model/budget.ts";
import { workMinutes } from "../model/minutes.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import type { SqlDatabase } from "./sqlite-driver.ts";
import { numberOf } from "./sqlite-tables.ts";
import type { SpendingScope } from "./store.ts";

/** Of a row: what it says, else what was reserved for it. A row that nobody worked for counts nothing. */
const OF_ROWS = `SELECT
  coalesce(sum(coalesce(record ->> '$.cost', record ->> '$.reserved.cost', 0)), 0) AS cost,
  coalesce(sum(CASE WHEN record ->> '$.usage' IS NULL THEN coalesce(record ->> '$.reserved.tokens', 0)
    ELSE coalesce(record ->> '$.usage.input_tokens', 0) + coalesce(record ->> '$.usage.output_tokens', 0) END), 0) AS tokens,
  coalesce(sum((record ->> '$.actual_duration_minutes') - (record ->> '$.human_delay_minutes')), 0) AS agent_minutes,
  count(*) AS attempts FROM task_logs`;
const WORKED = "record ->> '$.runtime' IS NOT NULL";

/** What attempts under way have reserved, or have used up already; also those that a cancelled run left behind. */
const OF_CALLS = `SELECT
  coalesce(sum(max(coalesce(record ->> '$.reserved.cost', 0), coalesce(record ->> '$.usage.cost', 0))), 0) AS cost,
  coalesce(sum(max(coalesce(record ->> '$.reserved.tokens', 0), coalesce(record ->> '$.usage.input_tokens', 0) + coalesce(record ->> '$.usage.output_tokens', 0))), 0) AS tokens,
  coalesce(sum(record ->> '$.reserved.agent_minutes'), 0) AS agent_minutes,
  count(record ->> '$.reserved.attempts') AS attempts FROM calls`;

const STARTED = `run_id IN (SELECT run_id FROM runs WHERE start_ms >= ?1 AND start_ms < ?2 AND (?3 = '' OR mission_id = ?3))`;

export interface Spending {
  /** Within a command. */
  readonly read: (scope: SpendingScope) => Amounts;
  /** A row has been written; `isNew` undefined when nobody knows whether it was there before. */
  readonly put: (
    row: TaskLog,
    run: { readonly start: number } | undefined,
    isNew: boolean | undefined,
  ) => void;
  readonly forget: () => void;
}

type Months = Extract<SpendingScope, { readonly from: number }>;

export function openSpending(database: SqlDatabase): Spending {
  const rowsOfRun = database.prepare(`${OF_ROWS} WHERE run_id = ? AND ${WORKED}`);
  const callsOfRun = database.prepare(`${OF_CALLS} WHERE run_id = ?`);
  const rowsOfMonth = database.prepare(`${OF_ROWS} WHERE ${STARTED} AND ${WORKED}`);
  const callsOfMonth = database.prepare(`${OF_CALLS} WHERE ${STARTED}`);
  /** A month may have many rows: what they come to is remembered, and grows with each row. */
  const remembered = new Map<string, { readonly scope: Months; amounts: Amounts }>();

  function readRows(scope: Months, given: readonly [number, number, string]): Amounts {
    const key = given.join(" ");
    const known = remembered.get(key);
    if (known !== undefined) return known.amounts;
    const amounts = toAmounts(rowsOfMonth.get(...given));
    remembered.set(key, { scope, amounts });
    return amounts;
  }

  return {
    read(scope) {
      if ("run_id" in scope) {
        const { run_id } = scope;
        return add(toAmounts(rowsOfRun.get(run_id)), toAmounts(callsOfRun.get(run_id)));
      }
      const given = [scope.from, scope.to, scope.mission_id ?? ""] as const;
      return add(readRows(scope, given), toAmounts(callsOfMonth.get(...given)));
    },
    put(row, run, isNew) {
      for (const [key, known] of remembered) {
        const { scope, amounts } = known;
        const isOthers = scope.mission_id !== undefined && scope.mission_id !== row.mission_id;
        if (isOthers || (run !== undefined && (run.start < scope.from || run.start >= scope.to)))
          continue;
        if (run === undefined || isNew !== true) remembered.delete(key);
        else known.amounts = add(amounts, amountsOf(row));
      }
    },
    forget: () => remembered.clear(),
  };
}

function amountsOf(row: TaskLog): Amounts {
  const { runtime, cost, usage, reserved } = row;
  if (runtime === undefined) return NOTHING;
  return {
    cost: cost ?? reserved?.cost ?? 0,
    tokens:
      usage === undefined
        ? (reserved?.tokens ?? 0)
        : (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0),
    agent_minutes: workMinutes(row),
    attempts: 1,
  };
}

const NOTHING: Amounts = { cost: 0, tokens: 0, agent_minutes: 0, attempts: 0 };

function toAmounts(row: Parameters<typeof numberOf>[0]): Amounts {
  return mapMeasures((measure) => numberOf(row, measure));
}

function add(one: Amounts, other: Amounts): Amounts {
  return mapMeasures((measure) => one[measure] + other[measure]);
}

function mapMeasures(of: (measure: Measure) => number): Amounts {
  const [cost = 0, tokens = 0, agent_minutes = 0, attempts = 0] = MEASURES.map(of);
  return { cost, tokens, agent_minutes, attempts };
}
