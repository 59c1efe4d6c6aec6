/** What became of a task in one pass: small plain JSON, kept in the checkpoint. */

import { z } from "zod";

import { approvalRequestSchema } from "../model/approval-requests.ts";
import { defined } from "../model/defined.ts";
import { figuresSchema, idSchema, instantSchema, jsonSchema } from "../model/primitives.ts";
import { outcomeSchema, outputRefSchema, type TaskLog } from "../model/task-execution-logs.ts";

/** A task's result, as the graph's state keeps it. */
export const taskResultSchema = z.object({
  outcome: outcomeSchema,
  agent_id: idSchema,
  attempt: z.int().min(1),
  ended_at: instantSchema,
  output: jsonSchema.optional(),
  output_ref: outputRefSchema.optional(),
  error: z.string().optional(),
  kpi_observations: figuresSchema.optional(),
});
export type TaskResult = Readonly<z.infer<typeof taskResultSchema>>;

/** A request in the graph's state: enough to see what waits; the store has the whole of it. */
export const queuedApprovalSchema = approvalRequestSchema
  .unwrap()
  .pick({
    approval_id: true,
    task_id: true,
    task: true,
    agent_id: true,
    attempt: true,
    stage: true,
    approval_request_time: true,
    due_at: true,
  })
  .strip();
export type QueuedApproval = Readonly<z.infer<typeof queuedApprovalSchema>>;

export type TaskReport =
  | { readonly status: "completed" | "not_needed"; readonly result: TaskResult }
  | { readonly status: "failed"; readonly result: TaskResult }
  | { readonly status: "awaiting_approval"; readonly requests: readonly QueuedApproval[] }
  /** A dependency has not been completed, so this task was not looked at. */
  | { readonly status: "not_reached" };

/** The result that a task's last row stands for. What was rejected is handed to nobody. */
export function toResult(row: TaskLog, reason?: string): TaskResult {
  const error = reason ?? row.error;
  const { output, output_ref, kpi_observations } = row;
  const made = {
    ...defined({ output, output_ref, kpi_observations }),
  };
  return {
    outcome: row.outcome,
    agent_id: row.agent_id,
    attempt: row.attempt ?? 1,
    ended_at: row.ended_at ?? "",
    ...(row.outcome === "rejected" ? {} : made),
    ...defined({ error }),
  };
}
