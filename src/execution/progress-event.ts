/** What a watcher of a run is told while it goes on; streamed as LangGraph's custom events. */

import { z } from "zod";

export const progressEventSchema = z.object({
  event: z.enum(["task-started", "task-ended", "approval-requested"]),
  run_id: z.string(),
  task_id: z.string(),
  task: z.string(),
  agent_id: z.string(),
  attempt: z.int(),
  /** Of a task that ended: an outcome of the log, or `drafted` when a person judges the output first. */
  outcome: z.string().optional(),
  error: z.string().optional(),
  work_minutes: z.number().optional(),
  approval_id: z.string().optional(),
});
export type ProgressEvent = Readonly<z.infer<typeof progressEventSchema>>;
