/** What attempts have used up, or have reserved, since budgets began: of a run, a mission's month, or a month. */

import type { AgentCall } from "../model/agent-call.ts";
import { type Amounts, MEASURES, type Measure } from "../model/budget.ts";
import { workMinutes } from "../model/minutes.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { type Sql, numberOf, sql } from "./sql.ts";
import type { SpendingScope } from "./store.ts";

const SUMS = MEASURES.map((measure) => `coalesce(sum(${measure}), 0) AS ${measure}`).join(", ");
const STARTED =
  "run_id IN (SELECT run_id FROM runs WHERE start_ms >= $1 AND start_ms < $2 AND ($3 = '' OR mission_id = $3))";
const ROWS_OF_RUN = sql(`SELECT ${SUMS} FROM task_logs WHERE run_id = $1`);
const CALLS_OF_RUN = sql(`SELECT ${SUMS} FROM calls WHERE run_id = $1`);
const ROWS_OF_MONTH = sql(`SELECT ${SUMS} FROM task_logs WHERE ${STARTED}`);
const CALLS_OF_MONTH = sql(`SELECT ${SUMS} FROM calls WHERE ${STARTED}`);

export interface Spending {
  readonly read: (scope: SpendingScope) => Sql<Amounts>;
  /** By the calls of a run that have no row. */
  readonly unsettled: (runId: string) => Sql<Amounts>;
  /** A row has been written; `isNew` undefined when nobody knows whether it was there before. */
  readonly put: (
    row: TaskLog,
    run: { readonly start: number } | undefined,
    isNew: boolean | undefined,
  ) => void;
  readonly forget: () => void;
}

type Months = Extract<SpendingScope, { readonly from: number }>;

export function openSpending(): Spending {
  /** A month may have many rows: what they come to is remembered, and grows with each row. */
  const remembered = new Map<string, { readonly scope: Months; amounts: Amounts }>();

  function* readRows(scope: Months, given: readonly [number, number, string]): Sql<Amounts> {
    const key = given.join(" ");
    const known = remembered.get(key);
    if (known !== undefined) return known.amounts;
    const amounts = toAmounts(yield* ROWS_OF_MONTH.get(...given));
    remembered.set(key, { scope, amounts });
    return amounts;
  }

  return {
    unsettled,
    *read(scope) {
      if ("run_id" in scope) {
        const { run_id } = scope;
        const rows = toAmounts(yield* ROWS_OF_RUN.get(run_id));
        return add(rows, yield* unsettled(run_id));
      }
      const given = [scope.from, scope.to, scope.mission_id ?? ""] as const;
      const rows = yield* readRows(scope, given);
      return add(rows, toAmounts(yield* CALLS_OF_MONTH.get(...given)));
    },
    put(row, run, isNew) {
      for (const [key, known] of remembered) {
        const { scope, amounts } = known;
        const isOthers = scope.mission_id !== undefined && scope.mission_id !== row.mission_id;
        if (isOthers || (run !== undefined && (run.start < scope.from || run.start >= scope.to)))
          continue;
        if (run === undefined || isNew !== true) remembered.delete(key);
        else known.amounts = add(amounts, spentBy(row));
      }
    },
    forget: () => remembered.clear(),
  };
}

function* unsettled(runId: string): Sql<Amounts> {
  return toAmounts(yield* CALLS_OF_RUN.get(runId));
}

/** Of a row: what it says, else what was reserved for it. A row that nobody worked for counts nothing. */
export function spentBy(row: TaskLog): Amounts {
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

/** Of an attempt under way: what it has reserved, or has used up already. */
export function spentByCall({ reserved, usage, lost = NOTHING }: AgentCall): Amounts {
  const { cost = 0, input_tokens = 0, output_tokens = 0 } = usage ?? {};
  return add(lost, {
    cost: Math.max(reserved?.cost ?? 0, cost),
    tokens: Math.max(reserved?.tokens ?? 0, input_tokens + output_tokens),
    agent_minutes: reserved?.agent_minutes ?? 0,
    attempts: reserved?.attempts ?? 0,
  });
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
