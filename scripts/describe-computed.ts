/** The figures that are computed, not stored: metrics, KPIs, ledger, and the portfolio of the sample. */

import { fileURLToPath } from "node:url";

import { z } from "zod";

import { sha256 } from "../src/app/system.ts";
import { delayLedgerSchema } from "../src/kpi/delay-ledger.ts";
import { fixSchema } from "../src/kpi/what-to-fix.ts";
import { DEFAULT_POLICY } from "../src/model/default-policy.ts";
import { kpiResultSchema } from "../src/model/kpi-result.ts";
import { DEFAULT_RISK_RULES } from "../src/model/risk-rules.ts";
import { markdownTable } from "../src/reports/markdown.ts";
import { buildPortfolio, windowOf } from "../src/reports/portfolio.ts";
import { KPI_METRICS, RUN_METRICS } from "../src/risk/run-metrics.ts";
import { TASK_METRICS } from "../src/risk/task-metrics.ts";
import { listRecords } from "../src/store/documents/import-documents.ts";
import { readReference } from "../src/store/documents/read-reference.ts";
import { openMemoryStore } from "../src/store/sqlite/sqlite-store.ts";
import { type JsonSchema, fieldTable } from "./field-table.ts";

export async function describeComputed(): Promise<readonly string[]> {
  return [
    `## KPI results\n\nOne for each KPI of a mission. Names lose \`target_\`, \`baseline_\`, \`min_\`, \`max_\` and \`_threshold\`; \`min_X\` and \`X_threshold\` are floors, \`max_X\` ceilings. The direction follows from baseline and target; where they do not tell, less is better for \`_days\`, \`_hours\` and \`_minutes\`, more for all else. \`steps\` is counted from the log: the attempts that ran.\n\n${fieldTable(toJsonSchema(kpiResultSchema))}`,
    `## Delay ledger\n\nWhere a run's wall clock went, along its critical path. The four parts sum to the wall clock.\n\n${fieldTable(toJsonSchema(delayLedgerSchema))}`,
    `## What to fix\n\n${fieldTable(toJsonSchema(fixSchema))}`,
    `## Metrics of risk rules\n\nWhere a metric has no value, no condition on it holds. A rule about tasks may use all of them, a rule about runs those of runs and KPIs.\n\n${describeMetrics()}`,
    `## Default risk rules\n\n${describeRules()}`,
    `## The portfolio of the sample\n\n${await describeSample()}`,
  ];
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  const described: object = z.toJSONSchema(schema);
  return described;
}

function describeMetrics(): string {
  const all = [
    ...Object.entries(TASK_METRICS),
    ...Object.entries(RUN_METRICS),
    ...Object.entries(KPI_METRICS).map(
      ([part, metric]) => [`kpi.<name>.${part}`, { ...metric, unit: kpiUnit(part) }] as const,
    ),
  ];
  const rows = all.map(([name, { unit, formula }]) => `| \`${name}\` | ${unit} | ${formula} |`);
  return ["| Metric | Unit | Formula |", "| --- | --- | --- |", ...rows].join("\n");
}

function kpiUnit(part: string): string {
  return part === "value" ? "the KPI's" : "%";
}

function describeRules(): string {
  const rows = DEFAULT_RISK_RULES.map(({ rule_id, risk_type, severity, scope, when, ...rule }) => {
    const conditions = when.all.map(({ metric, op, value }) => `\`${metric} ${op} ${value}\``);
    const superseded = (rule.supersedes ?? []).map((type) => `\`${type}\``).join(" ");
    return `| \`${rule_id}\` | \`${risk_type}\` | ${severity} | ${scope} | ${conditions.join(" and ")} | ${superseded} |`;
  });
  return [
    "| Rule | Risk type | Severity | Scope | When | Supersedes |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

const WHY = `The sample's own snapshots do not follow from its rows. Ours are defined so that anybody can recompute them:

- \`completed_runs\` counts every run that ended by the end of the date; the sample leaves one out on the first two dates.
- \`active_runs\`: every run of the sample has ended on the day it started, so none is active at the end of a day.
- \`missions_at_risk\`: the sample's events are closed, but do not say when. Each counts as open until the mission's next completed run, for 48 hours at most.
- \`avg_kpi_improvement_pct\` is the change from the baseline, in percent of it. The sample's 18, 24 and 33 do not follow from its runs in this way.
- \`top_bottleneck_task_id\` is the task with most lost minutes in the runs of 7 days: T2 on all three dates.
- \`escalations_last_24h\` and \`human_interventions_last_24h\` count the rows of runs that ended in (end of the date − 24 h, end of the date].`;

/** Our figures for the dates of the sample, beside its own. */
async function describeSample(): Promise<string> {
  const folder = fileURLToPath(new URL("../data", import.meta.url));
  const { reference } = readReference(folder);
  const store = openMemoryStore({ now: () => new Date().toISOString(), hash: sha256 });
  await store.importRecords(listRecords(folder));
  const rows: string[][] = [];
  for (const recorded of await store.listSnapshots()) {
    const { snapshot_date: date } = recorded;
    const context = { date, reference, policy: DEFAULT_POLICY };
    const record = await store.readPortfolio(windowOf(context));
    const { snapshot } = buildPortfolio(record, context);
    const theirs = new Map(Object.entries(recorded));
    for (const [field, computed] of Object.entries(snapshot)) {
      if (["snapshot_date", "period", "top_bottleneck_task_name"].includes(field)) continue;
      const given = theirs.get(field);
      rows.push([date, field, String(given), String(computed), compare(given, computed)]);
    }
  }
  await store.close();
  const header = ["Date", "Figure", "Recorded", "Computed", "Difference"];
  return `${WHY}\n\n${markdownTable({ header, rows })}`;
}

function compare(given: unknown, computed: unknown): string {
  if (given === computed) return "0";
  if (typeof given !== "number" || typeof computed !== "number") return "differs";
  return String(Math.round((computed - given) * 100) / 100);
}
