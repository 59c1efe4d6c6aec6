/** The world that node D hands to its tasks: the store, the agents, the clock and whoever watches. */

import type { LangGraphRunnableConfig } from "@langchain/langgraph";

import { callAgent } from "../src/agents/call-agent.ts";
import type { Slots } from "../src/execution/slots.ts";
import type { TaskWorld } from "../src/execution/task-world.ts";
import { defined } from "../src/model/defined.ts";
import type { MissionRun } from "../src/model/mission-runs.ts";
import type { RuntimeKind } from "../src/model/pinned-runtime.ts";
import type { Json } from "../src/model/primitives.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";

/** A larger output is kept by the store; rows and state hold a reference. In bytes of JSON. */
const LARGEST_OUTPUT = 16 * 1024;

/** A signal of its own where LangGraph gives none. */
const NEVER = new AbortController().signal;

/** Agents that may go on with their work when this process is gone. */
const ELSEWHERE: ReadonlySet<RuntimeKind> = new Set(["openai", "langgraph", "a2a", "mcp"]);

const AGAIN = {
  warnings: ["Called again with the same key: the process that had called it was gone."],
};

export function createTaskWorld(
  {
    run_id,
    slots,
    urgency,
    timeoutMinutes,
    config,
    runtimes,
  }: {
    run_id: string;
    timeoutMinutes: number;
    slots: Slots;
    /** Planned minutes that hang on each task: the more, the sooner it gets a place. */
    urgency: ReadonlyMap<string, number>;
    config: LangGraphRunnableConfig;
    /** What the run keeps of its agents' runtimes; empty for one from before that. */
    runtimes: NonNullable<MissionRun["runtimes"]>;
  },
  { store, clock, hash, wait, runtimeOf, describeRuntime }: MissionGraphDependencies,
): TaskWorld {
  const signal = config.signal ?? NEVER;
  const notify: TaskWorld["notify"] = (event) => config.writer?.({ run_id, ...event });
  return {
    now: () => clock.now(),
    hash,
    readTask: (taskId) => store.readTask(run_id, taskId),
    putRow: (row) => store.putTaskLog(row),
    request: (request) => store.requestApproval(request),
    async call(request) {
      const { task, agent, attempt } = request;
      const pinned = Object.hasOwn(runtimes, agent.agent_id)
        ? runtimes[agent.agent_id]
        : describeRuntime(agent);
      const runtime = runtimeOf(agent, pinned);
      const attemptOf = { run_id, task_id: task.task_id, attempt };
      const isElsewhere = pinned !== undefined && ELSEWHERE.has(pinned.kind);
      const known = isElsewhere ? await store.findCall(attemptOf) : undefined;
      const memory = {
        handle: known?.handle,
        keep: (handle: Json) => store.keepCall(attemptOf, { handle }),
      };
      const place = { urgency: urgency.get(task.task_id) ?? 0, name: task.task_id };
      const reply = await slots.run(place, async () => {
        // Who comes after a crash knows that the agent may have been told before.
        if (isElsewhere && known === undefined) await store.keepCall(attemptOf, {});
        const { task_id } = task;
        notify({
          event: "task-started",
          task_id,
          task: task.task,
          agent_id: agent.agent_id,
          attempt,
        });
        const noRuntime = () => {
          throw new Error(`agent ${agent.agent_id} has no runtime`);
        };
        const called = { runtime: runtime ?? noRuntime, clock, signal, timeoutMinutes, memory };
        return callAgent(request, called);
      });
      const isAgain = known !== undefined && known.handle === undefined;
      return { ...reply, ...defined({ runtime: pinned?.kind }), ...(isAgain ? AGAIN : {}) };
    },
    async keep(output) {
      const isLarge = Buffer.byteLength(JSON.stringify(output)) > LARGEST_OUTPUT;
      return isLarge ? { output_ref: await store.saveOutput(output) } : { output };
    },
    load: (reference) => store.loadOutput(reference),
    wait: (seconds) => wait(seconds, signal),
    notify,
  };
}
