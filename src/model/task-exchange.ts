/** What Mission Control and an agent say to each other. */

import { z } from "zod";

import type { PlanTask } from "./decomposed-mission-tasks.ts";
import type { MissionInputs } from "./mission-inputs.ts";
import {
  type Json,
  type Scalar,
  MOST_WORK_MINUTES,
  jsonSchema,
  figuresSchema,
} from "./primitives.ts";
import type { SpecializedAgent } from "./specialized-agents.ts";
import { usageSchema } from "./usage.ts";

/** Outputs by the task that made them. Skipped tasks have none. */
export type Inputs = Readonly<Record<string, Json>>;

export interface TaskRequest {
  readonly run_id: string;
  readonly mission_id: string;
  readonly task: PlanTask;
  readonly agent: SpecializedAgent;
  /** 1 for the first try at the task in this run. */
  readonly attempt: number;
  /** The same when an attempt has to be repeated after a crash: act on it once. */
  readonly idempotency_key: string;
  /** What the run is about, as given at its start; empty where nothing was. */
  readonly mission_inputs: MissionInputs;
  /** Outputs of the tasks it depends on, by task id, as edited by a person. */
  readonly inputs: Inputs;
  /** Why an earlier attempt was refused or failed. */
  readonly feedback?: string;
  /** What a person changed: `instruction`, or a value of `inputs` by its path. */
  readonly edits?: Readonly<Record<string, Scalar>>;
}

/** The minutes of work that an agent reports of an attempt. */
export const workMinutesSchema = z
  .number()
  .min(0)
  .max(MOST_WORK_MINUTES, {
    error: `at most the ${MOST_WORK_MINUTES} minutes that one attempt may report`,
  });

/** What an agent answers. Anything else it says is dropped. */
export const taskResponseSchema = z.object({
  output: jsonSchema.describe("The result, any JSON of at most 100 levels and 16 MB."),
  work_minutes: workMinutesSchema.optional().describe("Minutes of work; measured when absent."),
  kpi_observations: figuresSchema.optional().describe("Business figures it observed."),
  usage: usageSchema.optional().describe("What it used up."),
});
export type TaskResponse = z.input<typeof taskResponseSchema>;

/**
 * Carries out a task. It fails by rejecting, with an error that may have `work_minutes`; it should
 * stop when the signal aborts. The request is a frozen copy: trying to change it is a failure.
 */
export type AgentRuntime = (request: TaskRequest, signal: AbortSignal) => Promise<TaskResponse>;

/** What outlives this process of a call that goes on elsewhere. */
export interface CallMemory {
  /** What the work is found by again, when it was begun before. */
  readonly handle?: Json | undefined;
  /** Before the work is waited for. */
  readonly keep: (handle: Json) => Promise<void>;
}

/** A runtime as it may really be: it may throw, and whatever it answers is checked. */
export type UncheckedRuntime = (
  request: TaskRequest,
  signal: AbortSignal,
  memory: CallMemory,
) => unknown;
