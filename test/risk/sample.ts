/** The shipped sample, read through its schemas, and the figures of its runs. */

import { readFileSync } from "node:fs";

import { z } from "zod";

import { type RunFigures, measureRun } from "../../src/kpi/run-figures.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { REFERENCE_DOCUMENTS, TELEMETRY_DOCUMENTS } from "../../src/model/documents.ts";
import type { History } from "../../src/model/history.ts";
import type { Reference } from "../../src/model/reference.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import { planRun } from "../../src/planning/plan-run.ts";

export const SAMPLE_REFERENCE: Reference = {
  missions: read("business_missions", REFERENCE_DOCUMENTS.business_missions.schema),
  plans: read("decomposed_mission_tasks", REFERENCE_DOCUMENTS.decomposed_mission_tasks.schema),
  agents: read("specialized_agents", REFERENCE_DOCUMENTS.specialized_agents.schema),
  capabilities: read(
    "agent_capabilities_matrix",
    REFERENCE_DOCUMENTS.agent_capabilities_matrix.schema,
  ),
  kpis: read("mission_kpis", REFERENCE_DOCUMENTS.mission_kpis.schema),
};

export const SAMPLE_HISTORY: History = {
  runs: read("mission_runs", TELEMETRY_DOCUMENTS.mission_runs.schema),
  rows: read("task_execution_logs", TELEMETRY_DOCUMENTS.task_execution_logs.schema),
  events: read("mission_risk_events", TELEMETRY_DOCUMENTS.mission_risk_events.schema),
  requests: [],
  snapshots: read(
    "mission_portfolio_snapshot",
    TELEMETRY_DOCUMENTS.mission_portfolio_snapshot.schema,
  ),
  plans: new Map(),
};

/** The records of every run of the sample, in their order. */
export const SAMPLE_RECORDS: readonly RunRecord[] = SAMPLE_HISTORY.runs.map((run) => {
  const isOwn = ({ run_id }: { readonly run_id: string }) => run_id === run.run_id;
  return {
    run,
    plan: planRun(run.mission_id, SAMPLE_REFERENCE),
    policy: DEFAULT_POLICY,
    routing: undefined,
    rows: SAMPLE_HISTORY.rows.filter(isOwn),
    requests: [],
    events: SAMPLE_HISTORY.events.filter(isOwn),
  };
});

/** The figures of every run of the sample, in the order it is recorded. */
export const SAMPLE_FACTS: readonly RunFigures[] = SAMPLE_RECORDS.map((record) =>
  measureRun(record, { now: "2026-02-07T00:00:00Z" }),
);

function read<S extends z.ZodType>(name: string, schema: S): z.infer<S>[] {
  const text = readFileSync(new URL(`../../data/${name}.json`, import.meta.url), "utf8");
  return z.array(schema).parse(JSON.parse(text));
}
