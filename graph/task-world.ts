/** The world that node D hands to its tasks: the store, the agents, the clock and whoever watches. */

import type { LangGraphRunnableConfig } from "@langchain/langgraph";

import { callAgent } from "../src/agents/call-agent.ts";
import { type Limit, findOverrun, reserveFor } from "../src/execution/budgets.ts";
import type { Slots } from "../src/execution/slots.ts";
import type { KeyedAnswer, TaskWorld } from "../src/execution/task-world.ts";
import type { AgentMemory } from "../src/model/agent-reply.ts";
import type { Amounts } from "../src/model/budget.ts";
import { defined } from "../src/model/defined.ts";
import type { MissionRun } from "../src/model/mission-runs.ts";
import type { RuntimeKind } from "../src/model/pinned-runtime.ts";
import type { Json } from "../src/model/primitives.ts";
import type { CallResult, TaskRequest } from "../src/model/task-exchange.ts";
import type { TaskLog } from "../src/model/task-execution-logs.ts";
import { addMinutes, toMs } from "../src/model/time.ts";
import { SPANS, name } from "../src/model/trace.ts";
import { addUsage } from "../src/model/usage.ts";
import type { SpendingScope } from "../src/store/store.ts";
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

const LATE = "The agent answered after the deadline: that counts for nothing.";

export function createTaskWorld(
  {
    run_id,
    slots,
    urgency,
    timeoutMinutes,
    config,
    runtimes,
    limits,
    scopes,
  }: {
    run_id: string;
    timeoutMinutes: number;
    slots: Slots;
    /** Planned minutes that hang on each task: the more, the sooner it gets a place. */
    urgency: ReadonlyMap<string, number>;
    config: LangGraphRunnableConfig;
    /** What the run keeps of its agents' runtimes; empty for one from before that. */
    runtimes: NonNullable<MissionRun["runtimes"]>;
    /** Of its budgets, and whose attempts count for each. */
    limits: readonly Limit[];
    scopes: readonly SpendingScope[];
  },
  {
    store,
    clock,
    hash,
    wait,
    runtimeOf,
    describeRuntime,
    boundOf,
    abandon,
    trace,
  }: MissionGraphDependencies,
): TaskWorld {
  const signal = config.signal ?? NEVER;
  /** Attempts of this pass that have a row, and those whose agent answered when it was too late. */
  const ended = new Set<string>();
  const late = new Set<string>();
  const notify: TaskWorld["notify"] = (event) => config.writer?.({ run_id, ...event });
  return {
    now: () => clock.now(),
    hash,
    readTask: (taskId) => store.readTask(run_id, taskId),
    async putRow(row) {
      await store.putTaskLog(row);
      for (const { approval_id, stage, decision, start, end } of waitsOf(row)) {
        const about = { run_id, task_id: row.task_id, attempt: row.attempt, approval_id };
        const known = name({ ...about, stage, decision, operation: SPANS.approval });
        await trace.record(`${SPANS.approval} ${row.task_id}`, known, { start, end });
      }
      const key = `${row.task_id} ${row.attempt}`;
      ended.add(key);
      const { run_id: ofRun, task_id, attempt = 1 } = row;
      if (late.has(key)) await store.warnOfAttempt({ run_id: ofRun, task_id, attempt }, LATE);
    },
    request: (request) => store.requestApproval(request),
    async call(request, { answers: decided, isLet }) {
      const { task, agent, attempt } = request;
      const { task_id } = task;
      const pinned = Object.hasOwn(runtimes, agent.agent_id)
        ? runtimes[agent.agent_id]
        : describeRuntime(agent);
      const runtime = runtimeOf(agent, pinned);
      const attemptOf = { run_id, task_id, attempt };
      const isElsewhere = pinned !== undefined && ELSEWHERE.has(pinned.kind);
      const known = pinned?.kind === "simulated" ? undefined : await store.findCall(attemptOf);
      const { worked_minutes = 0, usage: used } = known ?? {};
      const { agent_id } = agent;
      const reserved =
        known === undefined && limits.length > 0
          ? reserveFor(agent, task, boundOf(agent, pinned, request))
          : known?.reserved;
      const sofar = defined({
        agent_id,
        reserved,
        worked_minutes: known?.worked_minutes,
        usage: used,
      });
      const memory = {
        ...known,
        answers: pickAnswers(known?.asked, decided),
        keep: async (handle: Json) => {
          await store.keepCall(attemptOf, { ...sofar, handle });
        },
      };
      const place = { urgency: urgency.get(task_id) ?? 0, name: task_id };
      const reply = await slots.run(place, async () => {
        // Who comes after a crash knows that the agent may have been told before.
        if (known === undefined && reserved !== undefined) {
          const refuse = (spent: readonly Amounts[]) =>
            isLet ? undefined : findOverrun(limits, spent, reserved);
          const overrun = await store.reserve(attemptOf, sofar, scopes, refuse);
          if (overrun !== undefined) return { overrun };
        } else if (isElsewhere && known === undefined) await store.keepCall(attemptOf, sofar);
        notify({
          event: "task-started",
          task_id,
          task: task.task,
          agent_id,
          attempt,
        });
        const onLate = () => {
          const key = `${task_id} ${attempt}`;
          late.add(key);
          // The store may be closed by then: nobody is there to be told.
          if (ended.has(key)) store.warnOfAttempt(attemptOf, LATE).catch(() => {});
        };
        const { name: agent_name } = agent;
        const called = { operation: SPANS.attempt, agent_id, agent_name, provider: pinned?.kind };
        const about = { run_id, task_id, attempt, mission_id: request.mission_id };
        return trace.within(
          `${SPANS.attempt} ${agent_id}`,
          name({ ...called, ...about }),
          async (span) => {
            const answered = await callAgent(request, {
              runtime: runtime ?? noRuntime,
              clock,
              signal,
              timeoutMinutes,
              memory,
              wait,
              onLate,
            });
            const { input_tokens, output_tokens, cost } = answered.usage ?? {};
            span.set(name({ input_tokens, output_tokens, cost }));
            // Not in the agent's words.
            if (answered.answer.kind === "error") span.fail("the attempt failed");
            return answered;
          },
        );
      });
      if ("overrun" in reply) return reply;
      const isForgotten = known?.handle === undefined && known?.continuation === undefined;
      const isAgain = isForgotten && (known !== undefined || decided.size > 0);
      return {
        ...reply,
        ...joinWork(reply, worked_minutes),
        ...defined({ usage: addUsage(used, reply.usage), runtime: pinned?.kind, reserved }),
        ...(isAgain ? AGAIN : {}),
      };
    },
    abandon({ agent }, continuation) {
      const pinned = Object.hasOwn(runtimes, agent.agent_id) ? runtimes[agent.agent_id] : undefined;
      return abandon(agent, pinned, { continuation });
    },
    suspend(
      { task, agent, attempt },
      { continuation, work_minutes, is_measured, usage, reserved },
      requests,
    ) {
      return store.keepCall(
        { run_id, task_id: task.task_id, attempt },
        {
          agent_id: agent.agent_id,
          continuation,
          asked: requests.map(({ approval_id }) => approval_id),
          ...defined({ worked_minutes: is_measured ? work_minutes : undefined, usage, reserved }),
        },
        requests,
      );
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

function noRuntime({ agent }: TaskRequest): never {
  throw new Error(`agent ${agent.agent_id} has no runtime`);
}

/** What an agent goes on with, by its own names. */
function pickAnswers(
  asked: readonly string[] | undefined,
  decided: ReadonlyMap<string, KeyedAnswer>,
): AgentMemory["answers"] {
  if (asked === undefined) return undefined;
  const picked = asked.flatMap((id) => decided.get(id) ?? []);
  return Object.fromEntries(picked.map(({ key, answer }) => [key, answer]));
}

/** Measured work with what was measured before the agent asked, as if it had been without a break. */
function joinWork(
  { called_at, work_minutes, is_measured }: CallResult,
  before: number,
): Pick<CallResult, "called_at" | "work_minutes"> {
  if (!is_measured) return { called_at, work_minutes };
  return { called_at: addMinutes(called_at, -before), work_minutes: work_minutes + before };
}

/** Each wait for a person that is new in a row, from the question to the decision. */
function waitsOf({ failure_decision, further_decisions = [], ...row }: TaskLog) {
  const own = { ...row, approval_id: undefined };
  const failure = { ...failure_decision, stage: "failure" as const, approval_id: undefined };
  // A row is written again when a person has decided about its failure.
  const decisions = failure_decision === undefined ? [own, ...further_decisions] : [failure];
  return decisions.flatMap((decided) => {
    const { approval_id, stage, decision, approval_request_time: asked, decided_at } = decided;
    if (asked === undefined || decided_at === undefined) return [];
    return [{ approval_id, stage, decision, start: toMs(asked), end: toMs(decided_at) }];
  });
}
