/** The table of all documents: file name, schema and what names a record. */

import { z } from "zod";

import { taskCapabilitySchema } from "./agent-capabilities-matrix.ts";
import { agentStatsSchema } from "./agent-performance-stats.ts";
import { approvalRequestSchema } from "./approval-requests.ts";
import { businessMissionSchema } from "./business-missions.ts";
import { missionPlanSchema } from "./decomposed-mission-tasks.ts";
import { missionKpisSchema } from "./mission-kpis.ts";
import { portfolioSnapshotSchema } from "./mission-portfolio-snapshot.ts";
import { riskEventSchema } from "./mission-risk-events.ts";
import { missionRunSchema } from "./mission-runs.ts";
import { givenPolicySchema } from "./policy.ts";
import { specializedAgentSchema } from "./specialized-agents.ts";
import { taskLogSchema } from "./task-execution-logs.ts";

/** Lists of records that people edit. */
export const REFERENCE_DOCUMENTS = {
  business_missions: { schema: businessMissionSchema, key: ["mission_id"] },
  decomposed_mission_tasks: { schema: missionPlanSchema, key: ["mission_id"] },
  specialized_agents: { schema: specializedAgentSchema, key: ["agent_id"] },
  agent_capabilities_matrix: { schema: taskCapabilitySchema, key: ["task_id"] },
  mission_kpis: { schema: missionKpisSchema, key: ["mission_id"] },
} as const;

export const REFERENCE_DOCUMENT_NAMES = [
  "business_missions",
  "decomposed_mission_tasks",
  "specialized_agents",
  "agent_capabilities_matrix",
  "mission_kpis",
] as const satisfies readonly (keyof typeof REFERENCE_DOCUMENTS)[];

/** Lists of records that the system writes. */
export const TELEMETRY_DOCUMENTS = {
  mission_runs: { schema: missionRunSchema, key: ["run_id"] },
  task_execution_logs: { schema: taskLogSchema, key: ["run_id", "task_id", "attempt"] },
  mission_risk_events: { schema: riskEventSchema, key: ["event_id"] },
  agent_performance_stats: { schema: agentStatsSchema, key: ["agent_id"] },
  mission_portfolio_snapshot: { schema: portfolioSnapshotSchema, key: ["snapshot_date", "period"] },
  approval_requests: { schema: approvalRequestSchema, key: ["run_id", "approval_id"] },
} as const;

export type TelemetryDocument = keyof typeof TELEMETRY_DOCUMENTS;

export const TELEMETRY_DOCUMENT_NAMES = [
  "mission_runs",
  "task_execution_logs",
  "mission_risk_events",
  "agent_performance_stats",
  "mission_portfolio_snapshot",
  "approval_requests",
] as const satisfies readonly TelemetryDocument[];

/** What each document is for, in a line. */
export const DOCUMENT_PURPOSES = {
  business_missions: "What the business wants to reach.",
  decomposed_mission_tasks: "The plan of each mission: a directed acyclic graph of tasks.",
  specialized_agents: "The agents that exist.",
  agent_capabilities_matrix: "Which agents can do which task.",
  mission_kpis: "What each mission is measured by.",
  mission_runs: "One record per execution of a mission.",
  task_execution_logs: "One row per attempt at a task.",
  mission_risk_events: "Sparse, high-signal risk events.",
  agent_performance_stats: "What the log says of each agent, over a rolling window.",
  mission_portfolio_snapshot: "All missions on one day.",
  approval_requests: "What people were asked, and what they said.",
  policy: "Every threshold and weight, as data. All fields are optional.",
} as const;

export type DocumentName = keyof typeof DOCUMENT_PURPOSES;

/** The schema of a whole document, as stored in its file. */
export function documentSchema(name: DocumentName): z.ZodType {
  if (name === "policy") return givenPolicySchema;
  return z.array({ ...REFERENCE_DOCUMENTS, ...TELEMETRY_DOCUMENTS }[name].schema);
}

/** Names of all documents, reference first. */
export const DOCUMENT_NAMES: readonly DocumentName[] = [
  ...REFERENCE_DOCUMENT_NAMES,
  ...TELEMETRY_DOCUMENT_NAMES,
  "policy",
];

/** JSON Schema (2020-12) of a document, generated from its zod schema. */
export function jsonSchemaOf(name: DocumentName): object {
  return {
    $id: `urn:mission-control:schema:${name}`,
    title: name,
    description: DOCUMENT_PURPOSES[name],
    ...z.toJSONSchema(documentSchema(name), { io: "input" }),
  };
}
