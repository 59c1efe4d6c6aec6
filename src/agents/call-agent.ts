/** One call of an agent, with everything that can go wrong turned into an answer. */

import { defined } from "../model/defined.ts";
import type { Json } from "../model/primitives.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import {
  type CallMemory,
  type TaskRequest,
  type TaskResponse,
  type UncheckedRuntime,
  taskResponseSchema,
  workMinutesSchema,
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

export interface AgentReply {
  /** Clock: when the call was made. */
  readonly called_at: string;
  /** Reported by the agent, or measured. */
  readonly work_minutes: number;
  readonly is_measured: boolean;
  readonly usage?: Usage;
  readonly answer:
    | { readonly kind: "output"; readonly output: Json; readonly kpi_observations?: Figures }
    | { readonly kind: "error"; readonly error: string };
}
type Figures = Readonly<Record<string, number>>;

/**
 * Calls an agent with a copy of the request that it cannot change. A failure, an answer that is none
 * and a timeout come back as an `error`; what it says after a timeout is not listened to.
 *
 * @throws the signal's reason when the whole run is being stopped: that is nobody's failure.
 */
export async function callAgent(
  request: TaskRequest,
  {
    runtime,
    clock,
    signal,
    timeoutMinutes,
    memory,
  }: {
    runtime: UncheckedRuntime;
    clock: Clock;
    signal: AbortSignal;
    timeoutMinutes: number;
    memory: CallMemory;
  },
): Promise<AgentReply> {
  const own = frozenCopy(request);
  const called_at = clock.now();
  // A clock may be set back while an agent works.
  const measure = () => Math.max(0, minutesBetween(called_at, clock.now()));
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
    const response = await Promise.race([runtime(own, stop.signal, memory), stopped]);
    const { output, work_minutes, kpi_observations, usage } = checkResponse(response);
    return {
      called_at,
      work_minutes: work_minutes ?? measure(),
      is_measured: work_minutes === undefined,
      answer: { kind: "output", output, ...defined({ kpi_observations }) },
      ...defined({ usage }),
    };
  } catch (error) {
    signal.throwIfAborted();
    const { work_minutes, objection } = reportedMinutes(error);
    const usage = reportedUsage(error);
    const message = describeThrown(error) || "failed without a message";
    return {
      called_at,
      work_minutes: work_minutes ?? measure(),
      is_measured: work_minutes === undefined,
      answer: { kind: "error", error: shorten(message, objection) },
      ...defined({ usage }),
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** A copy of the answer that has passed its schema. @throws Error saying what is wrong with it. */
function checkResponse(response: unknown): TaskResponse {
  if (typeof response !== "object" || response === null) {
    throw new Error("the agent's answer is not valid: the answer is no object with an `output`");
  }
  const read = (field: string) => readField(response, field, { path: field });
  try {
    const [figures, used] = [read("kpi_observations"), read("usage")];
    const value = {
      output: copyPlainJson(read("output"), "output"),
      work_minutes: read("work_minutes"),
      kpi_observations:
        figures === undefined ? undefined : copyPlainJson(figures, "kpi_observations"),
      usage: used === undefined ? undefined : copyPlainJson(used, "usage"),
    };
    const checked = taskResponseSchema.safeParse(value);
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
