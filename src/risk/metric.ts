/** What a metric of a risk rule is, and how its name is read. */

import type { TaskLog } from "../model/task-execution-logs.ts";

export interface Metric<Subject> {
  readonly unit: "%" | "minutes" | "count";
  readonly formula: string;
  /** No value can be below this. */
  readonly least: number;
  /** No value can be above this. Default: no bound. */
  readonly most?: number;
  /** Undefined when the log cannot tell: no condition on it holds. */
  readonly of: (subject: Subject) => number | undefined;
}

/** The metric of that very name: not what every object has besides. */
export function lookUp<M>(table: Readonly<Record<string, M>>, name: string): M | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** `kpi.csat.gap_pct` as its KPI and part; undefined for any other name. */
export function parseKpiMetric(name: string): { kpi: string; part: string } | undefined {
  const [, kpi, part] = /^kpi\.(.+)\.([a-z_]+)$/.exec(name) ?? [];
  return kpi === undefined || part === undefined ? undefined : { kpi, part };
}

export function countOutcome(rows: readonly TaskLog[], outcome: TaskLog["outcome"]): number {
  let count = 0;
  for (const row of rows) if (row.outcome === outcome) count += 1;
  return count;
}

/** To 0.01. */
export function roundFigure(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
