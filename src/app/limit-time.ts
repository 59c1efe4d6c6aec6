import type { Polisher } from "../reporting/polisher.ts";

/** The polisher, rejecting when it has not answered in time. */
export function limitTime(polisher: Polisher, seconds: number): Polisher {
  return async (summary, signal) => {
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new Error(`no answer within ${seconds} seconds`)),
      seconds * 1000,
    );
    const either = AbortSignal.any([signal, late.signal]);
    try {
      either.throwIfAborted();
      return await Promise.race([polisher(summary, either), rejectedBy(either)]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
