/** One call of an agent, with everything that can go wrong turned into an answer. */

import type { Json } from "../model/primitives.ts";
import {
  type AgentRuntime,
  type TaskRequest,
  failureSchema,
  taskResponseSchema,
} from "../model/task-exchange.ts";
import { type Clock, MINUTE_MS, minutesBetween } from "../model/time.ts";

/** The longest message of a failed agent that is kept. */
const ERROR_LENGTH = 2000;

/** A runtime as it may really be: whatever it answers is checked. */
type Untrusted = (...call: Parameters<AgentRuntime>) => Promise<unknown>;

export interface AgentReply {
  /** Clock: when the call was made. */
  readonly called_at: string;
  /** Reported by the agent, or measured. */
  readonly work_minutes: number;
  readonly is_measured: boolean;
  readonly answer:
    | { readonly kind: "output"; readonly output: Json; readonly kpi_observations?: Figures }
    | { readonly kind: "error"; readonly error: string };
}
type Figures = Readonly<Record<string, number>>;

/**
 * Calls an agent. A failure, an answer that is none and a timeout come back as an `error`.
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
  }: { runtime: Untrusted; clock: Clock; signal: AbortSignal; timeoutMinutes: number },
): Promise<AgentReply> {
  const calledAt = clock.now();
  const stop = new AbortController();
  const giveUp = (reason: unknown) => stop.abort(reason);
  const onAbort = () => giveUp(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const late = new Error(`no answer within ${timeoutMinutes} minutes`);
  const timer = setTimeout(() => giveUp(late), Math.min(timeoutMinutes * MINUTE_MS, 2 ** 31 - 1));
  try {
    signal.throwIfAborted();
    const response = await Promise.race([runtime(request, stop.signal), rejectedBy(stop.signal)]);
    const checked = taskResponseSchema.safeParse(response);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const where = issue?.path.join(".") || "the answer";
      throw new Error(`the agent's answer is not valid: ${where}: ${issue?.message}`);
    }
    const { output, work_minutes, kpi_observations } = checked.data;
    return {
      called_at: calledAt,
      work_minutes: work_minutes ?? minutesBetween(calledAt, clock.now()),
      is_measured: work_minutes === undefined,
      answer: {
        kind: "output",
        output,
        ...(kpi_observations === undefined ? {} : { kpi_observations }),
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    const reported = failureSchema.safeParse(error);
    return {
      called_at: calledAt,
      work_minutes: reported.success
        ? reported.data.work_minutes
        : Math.max(0, minutesBetween(calledAt, clock.now())),
      is_measured: !reported.success,
      answer: {
        kind: "error",
        error: message.slice(0, ERROR_LENGTH) || "failed without a message",
      },
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
