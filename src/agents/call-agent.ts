/** One call of an agent, with everything that can go wrong turned into an answer. */

import { type CheckedReply, agentReplySchema, workMinutesSchema } from "../model/agent-reply.ts";
import { defined } from "../model/defined.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import type {
  CallMemory,
  CallResult,
  TaskRequest,
  UncheckedRuntime,
} from "../model/task-exchange.ts";
import { type Clock, MINUTE_MS, minutesBetween } from "../model/time.ts";
import { type Usage, usageSchema } from "../model/usage.ts";
import { describeThrown } from "./describe-thrown.ts";
import { frozenCopy } from "./frozen-copy.ts";
import { copyPlainJson, readField, repairText } from "./plain-json.ts";

/** The longest message of a failed agent that is kept. */
const ERROR_LENGTH = 2000;

/** The longest time that a timer can be set to, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** However soon an agent wants to be called again. */
const SHORTEST_PAUSE_SECONDS = 0.05;

/** What a call takes of the world. */
interface CallWorld {
  readonly runtime: UncheckedRuntime;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMinutes: number;
  readonly memory: CallMemory;
  /** Resolves after so many seconds; rejects when the signal aborts. */
  readonly wait: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Told of an answer that came when nobody waited for it any more. */
  readonly onLate: () => void;
}

/**
 * Calls an agent with a copy of the request that it cannot change, again and again while it says that it is working.
 * A failure, an answer that is none and a timeout come back as an `error`; what it says after a timeout is not listened to.
 *
 * @throws the signal's reason when the whole run is being stopped: that is nobody's failure.
 */
export async function callAgent(
  request: TaskRequest,
  { runtime, clock, signal, timeoutMinutes, memory, wait, onLate }: CallWorld,
): Promise<CallResult> {
  const own = frozenCopy(request);
  const called_at = clock.now();
  // A clock may be set back while an agent works.
  const measure = () => Math.max(0, minutesBetween(called_at, clock.now()));
  const timed = (minutes: number | undefined, usage: Usage | undefined) => ({
    called_at,
    work_minutes: minutes ?? measure(),
    is_measured: minutes === undefined,
    ...defined({ usage }),
  });
  const stop = new AbortController();
  const giveUp = (reason: unknown) => stop.abort(reason);
  const onAbort = () => giveUp(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const late = new Error(`no answer within ${timeoutMinutes} minutes`);
  const timeout = Math.min(timeoutMinutes * MINUTE_MS, LONGEST_TIMER_MS);
  const timer = setTimeout(() => giveUp(late), timeout);
  try {
    signal.throwIfAborted();
    // Before the call: the run may be stopped in the very moment that the agent begins.
    const stopped = rejectedBy(stop.signal);
    let known = memory;
    for (;;) {
      const turn = Promise.resolve(runtime(own, stop.signal, known));
      turn.then(
        () => stop.signal.reason === late && onLate(),
        () => {},
      );
      const reply = checkReply(await Promise.race([turn, stopped]));
      switch (reply.kind) {
        case "done": {
          const { output, work_minutes, kpi_observations, usage } = reply;
          const answer = { kind: "output" as const, output, ...defined({ kpi_observations }) };
          return { answer, ...timed(work_minutes, usage) };
        }
        case "failed": {
          const { error, retryable, ask_person, work_minutes, usage } = reply;
          const said = { error: shorten(error.trim() || "failed without a message", undefined) };
          const answer = {
            kind: "error" as const,
            ...said,
            ...(retryable ? {} : FINAL),
            ...(ask_person ? FOR_A_PERSON : {}),
          };
          return { answer, ...timed(work_minutes, usage) };
        }
        case "needs_input": {
          const { requests, continuation, usage } = reply;
          return { answer: { kind: "asks", requests, continuation }, ...timed(undefined, usage) };
        }
        case "working": {
          const { handle, poll_after_seconds } = reply;
          await memory.keep(handle, poll_after_seconds);
          known = { keep: memory.keep, tell: memory.tell, handle };
          const pause = Math.max(poll_after_seconds, SHORTEST_PAUSE_SECONDS);
          await Promise.race([wait(pause, stop.signal), stopped]);
        }
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    const { work_minutes, objection } = reportedMinutes(error);
    const message = describeThrown(error).trim() || "failed without a message";
    const answer = { kind: "error" as const, error: shorten(message, objection) };
    return { answer, ...timed(work_minutes, reportedUsage(error)) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

const FINAL = { retryable: false } as const;
const FOR_A_PERSON = { ask_person: true } as const;

/** What each kind of turn says; the output is looked at first, as of one that has no kind. */
const FIELDS = {
  done: ["work_minutes", "kpi_observations", "usage"],
  failed: ["error", "retryable", "ask_person", "work_minutes", "usage"],
  working: ["handle", "poll_after_seconds"],
  needs_input: ["requests", "continuation", "usage"],
} as const;

/** A copy of the answer that has passed its schema. @throws Error saying what is wrong with it. */
function checkReply(reply: unknown): CheckedReply {
  if (typeof reply !== "object" || reply === null) {
    throw new Error("the agent's answer is not valid: the answer is no object with an `output`");
  }
  const copy = (field: string) => {
    const found = readField(reply, field);
    return typeof found === "object" && found !== null ? copyPlainJson(found, field) : found;
  };
  try {
    const named = readField(reply, "kind");
    const kind =
      named === "failed" || named === "working" || named === "needs_input" ? named : "done";
    const value = {
      kind,
      ...(kind === "done" ? { output: copyPlainJson(readField(reply, "output"), "output") } : {}),
      ...Object.fromEntries(FIELDS[kind].map((field) => [field, copy(field)])),
    };
    const checked = agentReplySchema.safeParse(value);
    if (checked.success) return checked.data;
    throw new Error(sayFirstIssue(checked.error, { value }));
  } catch (error) {
    throw new Error(`the agent's answer is not valid: ${describeThrown(error)}`, { cause: error });
  }
}

/** The minutes that a failure says of itself, or why they are not believed. */
function reportedMinutes(error: unknown): { work_minutes?: number; objection?: string } {
  if (typeof error !== "object" || error === null) return {};
  try {
    const reported: unknown = Reflect.get(error, "work_minutes");
    if (reported === undefined) return {};
    const checked = workMinutesSchema.safeParse(reported);
    if (checked.success) return { work_minutes: checked.data };
    const wrong = sayFirstIssue(checked.error, { value: reported });
    return { objection: `its work_minutes were not taken: ${wrong}` };
  } catch {
    return {};
  }
}

/** What a failure says that it used up; nothing where that is no usage. */
function reportedUsage(error: unknown): Usage | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  try {
    return usageSchema.safeParse(copyPlainJson(Reflect.get(error, "usage"), "usage")).data;
  } catch {
    return undefined;
  }
}

/** The message in whole characters, short enough to be kept. */
function shorten(message: string, objection: string | undefined): string {
  const more = objection === undefined ? "" : ` (${objection})`;
  return repairText(message.slice(0, ERROR_LENGTH - more.length) + more);
}

/** Rejects when the signal aborts; never an unhandled rejection, whoever listens. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  rejected.catch(() => {});
  return rejected;
}
