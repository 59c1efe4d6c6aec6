/** What the graph needs of the world; handed in by who builds it. */

import type { LangGraphRunnableConfig } from "@langchain/langgraph";

import { MissionError } from "../src/errors.ts";
import { LONGEST_THREAD_ID, threadIdSchema } from "../src/model/mission-runs.ts";
import type { PinnedRuntime } from "../src/model/pinned-runtime.ts";
import type { SpecializedAgent } from "../src/model/specialized-agents.ts";
import type { TaskRequest, UncheckedRuntime } from "../src/model/task-exchange.ts";
import type { RunWorld } from "../src/runs/world.ts";

/** The same for every graph over one workspace. */
export interface GraphWorld extends RunWorld {
  /** The runtime that a run keeps of an agent, or would be opened with; undefined when there is none. */
  readonly runtimeOf: (
    agent: Pick<SpecializedAgent, "agent_id" | "runtime">,
    pinned?: PinnedRuntime,
  ) => UncheckedRuntime | undefined;
  /** What a task can use up at most by the agent's runtime, where it is capped. */
  readonly boundOf: (
    agent: Pick<SpecializedAgent, "agent_id" | "runtime">,
    pinned: PinnedRuntime | undefined,
    request: TaskRequest,
  ) => { readonly cost?: number; readonly tokens?: number };
  /** Has the documents read anew when they are next asked for: what was changed a moment ago counts. */
  readonly lookAgain: () => void;
  /** Resolves after so many seconds, sooner when the signal aborts. */
  readonly wait: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Lets any number listen to a signal: each task of a plan does, and Node would warn of a leak. */
  readonly expectListeners: (signal: AbortSignal) => void;
}

export interface MissionGraphDependencies extends GraphWorld {
  /** Where the checkpoints of runs opened by this graph live. */
  readonly checkpoints: "workspace" | "external";
  /**
   * Whether each task of a plan is a LangGraph task of its own, which Studio shows and checkpoints keep.
   * Who keeps no checkpoint between two gates does without: the store has each result in any case.
   */
  readonly showsTasks: boolean;
}

/**
 * @throws MissionError `BAD_INPUT` when the thread's name is too long to be kept; Error when the graph
 *   is invoked without a thread: a run could never be resumed.
 */
export function threadIdOf(config: LangGraphRunnableConfig): string {
  const threadId: unknown = config.configurable?.["thread_id"];
  if (typeof threadId !== "string" || threadId === "") {
    throw new Error(
      "Invoke the graph with { configurable: { thread_id } }: a run belongs to a thread.",
    );
  }
  if (threadIdSchema.safeParse(threadId).success) return threadId;
  const found = `thread_id has ${threadId.length} characters`;
  throw new MissionError("BAD_INPUT", `${found}; at most ${LONGEST_THREAD_ID} can be kept.`);
}
