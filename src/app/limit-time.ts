import { NoWordingError } from "../summary/polisher.ts";
import type { TimeLimit } from "../summary/reword.ts";

/** Work that has not ended in time rejects. */
export function limitTime(seconds: number): TimeLimit {
  return async (work, signal) => {
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new NoWordingError(`There was no answer within ${seconds} seconds.`)),
      seconds * 1000,
    );
    const either = AbortSignal.any([signal, late.signal]);
    try {
      either.throwIfAborted();
      return await Promise.race([work(either), rejectedBy(either)]);
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
