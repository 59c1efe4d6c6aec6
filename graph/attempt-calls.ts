/** The calls of a run's agents: what is reserved, remembered and told of each. */

import { callAgent } from "../src/agents/call-agent.ts";
import { isFull } from "../src/execution/agent-places.ts";
import { type Limit, findOverrun, reserveFor } from "../src/execution/budgets.ts";
import type { ProgressEvent } from "../src/execution/progress-event.ts";
import {
  joinUsage,
  joinWork,
  pickAnswers,
  takeUp,
  workedBefore,
} from "../src/execution/resumed-attempt.ts";
import type { Slots } from "../src/execution/slots.ts";
import type { TaskWorld } from "../src/execution/task-world.ts";
import type { AgentCall } from "../src/model/agent-call.ts";
import type { Amounts } from "../src/model/budget.ts";
import { defined } from "../src/model/defined.ts";
import type { MissionRun } from "../src/model/mission-runs.ts";
import type { RuntimeKind } from "../src/model/pinned-runtime.ts";
import type { Json } from "../src/model/primitives.ts";
import type { TaskRequest } from "../src/model/task-exchange.ts";
import { addMinutes, toMs } from "../src/model/time.ts";
import { SPANS, name } from "../src/model/trace.ts";
import type { Attempt, SpendingScope } from "../src/store/store.ts";
import { apartButTraced } from "./apart.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";

/** Kinds whose work is found again by what they go on from, and not told anew. */
const FOUND_AGAIN: ReadonlySet<RuntimeKind> = new Set(["langgraph", "a2a"]);

const AGAIN = ["Called again with the same key: the process that had called it was gone."];

const SECOND_MS = 1000;

/** How often is looked whether an agent has a place, in seconds: less often each time, as many may wait. */
const FIRST_LOOK = 0.1;
const LONGEST_LOOK = 1;
const SECONDS_A_MINUTE = 60;

/** What calls have of the run that they belong to. */
export interface CallingRun {
  readonly run_id: string;
  readonly timeoutMinutes: number;
  readonly slots: Slots;
  /** Planned minutes that hang on each task: the more, the sooner it gets a place. */
  readonly urgency: ReadonlyMap<string, number>;
  /** What the run keeps of its agents' runtimes; empty for one from before that. */
  readonly runtimes: NonNullable<MissionRun["runtimes"]>;
  /** Of its budgets, and whose attempts count for each. */
  readonly limits: readonly Limit[];
  readonly scopes: readonly SpendingScope[];
}

export function createAttemptCalls(
  { run_id, timeoutMinutes, slots, urgency, runtimes, limits, scopes }: CallingRun,
  {
    signal,
    notify,
    onLate,
  }: {
    signal: AbortSignal;
    notify: (event: Omit<ProgressEvent, "run_id">) => void;
    /** Told of an answer that came when nobody waited for it any more. */
    onLate: (attempt: Attempt) => void;
  },
  {
    store,
    clock,
    wait,
    runtimeOf,
    describeRuntime,
    boundOf,
    abandon,
    trace,
  }: MissionGraphDependencies,
): Pick<TaskWorld, "call" | "suspend" | "abandon"> {
  return {
    async call(request, { answers: decided, isLet }) {
      const { task, agent, attempt } = request;
      const { task_id } = task;
      const { agent_id, name: agent_name } = agent;
      const pinned = Object.hasOwn(runtimes, agent_id)
        ? runtimes[agent_id]
        : describeRuntime(agent);
      const runtime = runtimeOf(agent, pinned);
      const attemptOf = { run_id, task_id, attempt };
      const isReal = runtime !== undefined && pinned?.kind !== "simulated";
      // Of a simulation nothing is kept but what it reserves.
      const isKept = isReal || limits.length > 0;
      const found = isKept ? await store.findCall(attemptOf) : undefined;
      const { known, mayBeTold, isLost, lost, wasAgain } = takeUp(found, {
        agent_id,
        isReal,
        isFoundAgain: pinned !== undefined && FOUND_AGAIN.has(pinned.kind),
        isDecided: decided.size > 0,
      });
      const { usage: used, handle, continuation, worked_minutes } = known ?? {};
      let is_again = wasAgain;
      const begins = limits.length > 0 && (known?.reserved === undefined || isLost);
      const reserved = begins
        ? reserveFor(agent, task, boundOf(agent, pinned, request))
        : known?.reserved;
      let before = workedBefore(known, { now: clock.now(), timeoutMinutes });
      let called_at = known?.called_at;
      const sofar = () =>
        defined({
          agent_id,
          reserved,
          lost,
          called_at,
          worked_minutes,
          usage: used,
          is_again: is_again ? (true as const) : undefined,
        });
      const memory = {
        handle,
        continuation,
        answers: pickAnswers(known?.asked, decided),
        keep: async (work: Json, seconds = 0) => {
          const look_again_at = addMinutes(clock.now(), seconds / SECONDS_A_MINUTE);
          await store.keepCall(attemptOf, { ...sofar(), handle: work, look_again_at });
        },
        tell: async () => {
          if (!mayBeTold) return;
          is_again = true;
          await store.keepCall(attemptOf, { ...known, ...sofar() });
        },
      };
      const place = { urgency: urgency.get(task_id) ?? 0, name: task_id };
      // What was called before, and is perhaps still at work, has its place.
      const most = known?.called_at === undefined ? agent.max_concurrency : undefined;
      const mustAsk = begins || (isReal && most !== undefined);
      const refuse = (spent: readonly Amounts[], underWay: readonly AgentCall[]) => {
        if (isReal && isFull(underWay, { most, now: clock.now(), timeoutMinutes }))
          return "full" as const;
        return begins && !isLet && reserved !== undefined
          ? findOverrun(limits, spent, reserved)
          : undefined;
      };
      const callInPlace = async () => {
        if (handle === undefined) called_at = clock.now();
        // Before it is called: who comes after a crash knows that the agent may have been told.
        if (mustAsk) {
          const call = { ...known, ...sofar() };
          const against = await store.reserve(attemptOf, call, begins ? scopes : [], refuse);
          if (against === "full") return against;
          if (against !== undefined) {
            if (isLost) await store.keepCall(attemptOf, { agent_id, lost, is_again: true });
            return { overrun: against };
          }
        } else if (isKept && handle === undefined) {
          await store.keepCall(attemptOf, { ...known, ...sofar() });
        }
        notify({
          event: "task-started",
          task_id,
          task: task.task,
          agent_id,
          attempt,
        });
        const early = toMs(known?.look_again_at ?? "") - toMs(clock.now());
        if (early > 0) await wait(early / SECOND_MS, signal);
        before = workedBefore(known, { now: clock.now(), timeoutMinutes });
        const called = {
          operation: SPANS.attempt,
          agent_id,
          agent_name,
          provider: pinned?.kind,
          run_id,
          task_id,
          attempt,
          mission_id: request.mission_id,
        };
        return trace.within(`${SPANS.attempt} ${agent_id}`, name(called), async (span) => {
          // What people decided: the agent acts on it.
          if (isReal) await store.secured();
          const how = {
            runtime: runtime ?? noRuntime,
            clock,
            signal,
            timeoutMinutes: before.left,
            memory,
            wait,
            onLate: () => onLate(attemptOf),
          };
          const answered = await apartButTraced(() => callAgent(request, how));
          const { input_tokens, output_tokens, cost } = answered.usage ?? {};
          span.set(name({ input_tokens, output_tokens, cost }));
          // Not in the agent's words.
          if (answered.answer.kind === "error") span.fail("the attempt failed");
          return answered;
        });
      };
      let reply = await slots.run(place, callInPlace);
      for (let pause = FIRST_LOOK; reply === "full"; pause = Math.min(pause * 2, LONGEST_LOOK)) {
        // Without a place among the run's own: its other agents go on.
        await wait(pause, signal);
        reply = await slots.run(place, callInPlace);
      }
      if ("overrun" in reply) return reply;
      return {
        kept: defined({ lost, is_again: is_again ? (true as const) : undefined }),
        ...reply,
        ...joinWork(reply, before.minutes),
        ...joinUsage(used, reply, is_again ? AGAIN : []),
        ...defined({ runtime: pinned?.kind, reserved }),
      };
    },
    async abandon({ agent }, continuation) {
      await store.secured();
      const pinned = Object.hasOwn(runtimes, agent.agent_id) ? runtimes[agent.agent_id] : undefined;
      return abandon(agent, pinned, { continuation });
    },
    suspend(
      { task, agent, attempt },
      { continuation, work_minutes, is_measured, usage, reserved, kept },
      requests,
    ) {
      return store.keepCall(
        { run_id, task_id: task.task_id, attempt },
        {
          ...kept,
          agent_id: agent.agent_id,
          continuation,
          asked: requests.map(({ approval_id }) => approval_id),
          ...defined({ worked_minutes: is_measured ? work_minutes : undefined, usage, reserved }),
        },
        requests,
      );
    },
  };
}

function noRuntime({ agent }: TaskRequest): never {
  throw new Error(`agent ${agent.agent_id} has no runtime`);
}
