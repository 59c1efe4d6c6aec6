/** What the graph needs of the world; handed in by who builds it. */

import type { LangGraphRunnableConfig } from "@langchain/langgraph";

import type { Policy } from "../src/model/policy.ts";
import type { Reference } from "../src/model/reference.ts";
import type { SpecializedAgent } from "../src/model/specialized-agents.ts";
import type { AgentRuntime } from "../src/model/task-exchange.ts";
import type { Clock } from "../src/model/time.ts";
import type { HasRuntime } from "../src/planning/mission-faults.ts";
import type { Reword } from "../src/summary/reword.ts";
import type { TelemetryStore } from "../src/telemetry/telemetry-store.ts";

export interface MissionGraphDependencies {
  readonly store: TelemetryStore;
  /** The reference documents as they are now. @throws BadDocumentError */
  readonly reference: () => Reference;
  readonly policy: Policy;
  readonly policyHash: string;
  /** The runtime that carries out an agent's tasks; undefined when there is none. */
  readonly runtimeOf: (
    agent: Pick<SpecializedAgent, "agent_id" | "runtime">,
  ) => AgentRuntime | undefined;
  readonly hasRuntime: HasRuntime;
  readonly clock: Clock;
  /** SHA-256 as hexadecimal. */
  readonly hash: (text: string) => string;
  /** Resolves after so many seconds, sooner when the signal aborts. */
  readonly wait: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Lets any number listen to a signal: each task of a plan does, and Node would warn of a leak. */
  readonly expectListeners: (signal: AbortSignal) => void;
  /** The order in which agents have to be tried, where it is not for the evidence to say: in a replay. */
  readonly orderAgents?: (taskId: string) => readonly string[] | undefined;
  /** Rewords executive summaries in time; absent when no language model is configured. */
  readonly polisher: Reword | undefined;
  /** Where the checkpoints of runs opened by this graph live. */
  readonly checkpoints: "workspace" | "external";
}

/** Written into every run: checkpoints of another version must not be resumed by this one. */
export const GRAPH_VERSION = "1";

/** @throws when the graph is invoked without a thread: a run could never be resumed. */
export function threadIdOf(config: LangGraphRunnableConfig): string {
  const threadId: unknown = config.configurable?.["thread_id"];
  if (typeof threadId === "string" && threadId !== "") return threadId;
  throw new Error(
    "Invoke the graph with { configurable: { thread_id } }: a run belongs to a thread.",
  );
}
