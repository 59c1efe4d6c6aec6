/** What the use cases of runs need of the world. */

import type { AgentMemory } from "../model/agent-reply.ts";
import type { BusinessMission } from "../model/business-missions.ts";
import type { CheckJson } from "../model/json-schema.ts";
import type { MissionInputs } from "../model/mission-inputs.ts";
import type { PinnedRuntime } from "../model/pinned-runtime.ts";
import type { Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import type { Clock } from "../model/time.ts";
import type { Trace } from "../model/trace.ts";
import type { HasRuntime } from "../planning/mission-faults.ts";
import type { Store } from "../store/store.ts";
import type { Reword } from "../summary/reword.ts";

export interface RunWorld {
  readonly store: Store;
  /** The reference documents as they are now. @throws BadDocumentError */
  readonly reference: () => Reference;
  /** The policy in force now: for runs that are opened, and for who may decide. @throws BadDocumentError */
  readonly policy: () => Policy;
  /** Whether this process has the runtime that a run keeps of an agent, or would be opened with. */
  readonly hasRuntime: (agent: Parameters<HasRuntime>[0], pinned?: PinnedRuntime) => boolean;
  /** What would carry out an agent's tasks in a run that is opened now; undefined when nothing would. */
  readonly describeRuntime: (agent: Parameters<HasRuntime>[0]) => PinnedRuntime | undefined;
  /** Those of the agents that are reached as the registry says, and cannot be. */
  readonly checkRuntimes: (
    agents: readonly Parameters<HasRuntime>[0][],
    depth: "look" | "load" | "reach",
  ) => Promise<
    readonly { readonly agent_id: string; readonly field: string; readonly why: string }[]
  >;
  /** Tells an agent elsewhere that nobody waits any more for what it was called for; never rejects. */
  readonly abandon: (
    agent: Parameters<HasRuntime>[0],
    pinned: PinnedRuntime | undefined,
    call: AgentMemory,
  ) => Promise<void>;
  readonly clock: Clock;
  readonly trace: Trace;
  /**
   * All that the mission's `input_schema` says against a run's inputs, in words; empty when they pass.
   *
   * @throws FaultsError when it is no schema.
   */
  readonly checkInputs: (
    inputs: MissionInputs,
    mission: BusinessMission,
  ) => Promise<readonly string[]>;
  readonly checkJson: CheckJson;
  /** SHA-256 as hexadecimal. */
  readonly hash: (text: string) => string;
  /** Rewords executive summaries in time; absent when no language model is configured. */
  readonly reword: Reword | undefined;
  /** Says that people's documents are out of date; `report` is the run's, when it has just been made. */
  readonly publish: (report?: {
    readonly run_id: string;
    readonly markdown: string;
  }) => Promise<void>;
}

/** What reading a run takes. */
export type RunReading = Pick<RunWorld, "store" | "reference" | "policy" | "clock">;
