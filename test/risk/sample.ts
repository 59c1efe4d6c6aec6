/** The shipped sample, read through its schemas, and the facts of its runs. */

import { readFileSync } from "node:fs";

import { z } from "zod";

import { deriveStatuses } from "../../src/execution/derive-statuses.ts";
import { REFERENCE_DOCUMENTS, TELEMETRY_DOCUMENTS } from "../../src/model/documents.ts";
import { DEFAULT_POLICY } from "../../src/model/policy.ts";
import type { Reference } from "../../src/model/reference.ts";
import { orderTasks } from "../../src/planning/task-order.ts";
import { type RunFacts, gatherFacts } from "../../src/reporting/run-facts.ts";

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

export const SAMPLE_HISTORY = {
  runs: read("mission_runs", TELEMETRY_DOCUMENTS.mission_runs.schema),
  rows: read("task_execution_logs", TELEMETRY_DOCUMENTS.task_execution_logs.schema),
  events: read("mission_risk_events", TELEMETRY_DOCUMENTS.mission_risk_events.schema),
  requests: [],
  snapshots: read(
    "mission_portfolio_snapshot",
    TELEMETRY_DOCUMENTS.mission_portfolio_snapshot.schema,
  ),
};

/** The facts of every run of the sample, in the order it is recorded. */
export const SAMPLE_FACTS: readonly RunFacts[] = SAMPLE_HISTORY.runs.map((run) => {
  const plan = SAMPLE_REFERENCE.plans.find(({ mission_id }) => mission_id === run.mission_id);
  const tasks = orderTasks(plan?.tasks ?? []).ordered;
  const rows = SAMPLE_HISTORY.rows.filter((row) => row.run_id === run.run_id);
  const statuses = deriveStatuses(tasks, { run, rows, requests: [] });
  const risks = SAMPLE_HISTORY.events.filter((event) => event.run_id === run.run_id);
  return gatherFacts(
    { run, tasks, statuses, rows, requests: [], risks },
    { reference: SAMPLE_REFERENCE, policy: DEFAULT_POLICY, now: "2026-02-07T00:00:00Z" },
  );
});

function read<S extends z.ZodType>(name: string, schema: S): z.infer<S>[] {
  const text = readFileSync(new URL(`../../data/${name}.json`, import.meta.url), "utf8");
  return z.array(schema).parse(JSON.parse(text));
}
