/** The world that node D hands to its tasks: the store, the agents, the clock and whoever watches. */

import type { LangGraphRunnableConfig } from "@langchain/langgraph";

import { callAgent } from "../src/agents/call-agent.ts";
import type { Slots } from "../src/execution/slots.ts";
import type { TaskWorld } from "../src/execution/task-world.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";

/** A larger output is kept by the store; rows and state hold a reference. In bytes of JSON. */
const LARGEST_OUTPUT = 16 * 1024;

/** A signal of its own where LangGraph gives none. */
const NEVER = new AbortController().signal;

export function createTaskWorld(
  {
    run_id,
    slots,
    urgency,
    timeoutMinutes,
    config,
  }: {
    run_id: string;
    timeoutMinutes: number;
    slots: Slots;
    /** Planned minutes that hang on each task: the more, the sooner it gets a place. */
    urgency: ReadonlyMap<string, number>;
    config: LangGraphRunnableConfig;
  },
  { store, clock, hash, wait, runtimeOf }: MissionGraphDependencies,
): TaskWorld {
  const signal = config.signal ?? NEVER;
  const notify: TaskWorld["notify"] = (event) => config.writer?.({ run_id, ...event });
  return {
    now: () => clock.now(),
    hash,
    readTask: (taskId) => store.readTask(run_id, taskId),
    putRow: (row) => store.putTaskLog(row),
    request: (request) => store.requestApproval(request),
    call(request) {
      const { task, agent, attempt } = request;
      const runtime = runtimeOf(agent);
      const place = { urgency: urgency.get(task.task_id) ?? 0, name: task.task_id };
      return slots.run(place, () => {
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
        const called = { runtime: runtime ?? noRuntime, clock, signal, timeoutMinutes };
        return callAgent(request, called);
      });
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
