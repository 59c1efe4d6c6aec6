/** What Mission Control and an agent say to each other. */

import type { AgentMemory, AgentReply, AgentRequest, TaskResponse } from "./agent-reply.ts";
import type { PlanTask } from "./decomposed-mission-tasks.ts";
import type { MissionInputs } from "./mission-inputs.ts";
import type { Json, Observations, Scalar } from "./primitives.ts";
import type { SpecializedAgent } from "./specialized-agents.ts";
import type { Usage } from "./usage.ts";

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

/**
 * Carries out a task. It fails by rejecting, with an error that may have `work_minutes`; it should
 * stop when the signal aborts. The request is a frozen copy: trying to change it is a failure.
 */
export type AgentRuntime = (request: TaskRequest, signal: AbortSignal) => Promise<TaskResponse>;

/**
 * Carries out a task in one turn or several: it is called again with what it said to remember, after it was `working`
 * or has asked people something. As {@link AgentRuntime} otherwise.
 */
export type ResumableRuntime = (
  request: TaskRequest,
  signal: AbortSignal,
  memory: AgentMemory,
) => Promise<AgentReply | TaskResponse>;

/** What outlives this process of an attempt, and how to add to it. */
export interface CallMemory extends AgentMemory {
  /** Before the work is waited for. What it asked is forgotten then: it goes on. */
  readonly keep: (handle: Json, lookAgainAfterSeconds?: number) => Promise<void>;
  /** Before an agent is told what people decided, by kinds that have looked whether it was told already. */
  readonly tell: () => Promise<void>;
}

/** A runtime as it may really be: it may throw, and whatever it answers is checked. */
export type UncheckedRuntime = (
  request: TaskRequest,
  signal: AbortSignal,
  memory: CallMemory,
) => unknown;

/** What a call of an agent came to. */
export interface CallResult {
  /** Clock: when the call was made. */
  readonly called_at: string;
  /** Reported by the agent, or measured. */
  readonly work_minutes: number;
  readonly is_measured: boolean;
  readonly usage?: Usage;
  readonly answer:
    | { readonly kind: "output"; readonly output: Json; readonly kpi_observations?: Observations }
    | {
        readonly kind: "error";
        readonly error: string;
        readonly retryable?: false;
        readonly ask_person?: true;
      }
    | {
        readonly kind: "asks";
        readonly requests: readonly AgentRequest[];
        readonly continuation: Json;
      };
}
