/** Work of an agent elsewhere: begun once, found again by its handle, and stopped when nobody waits for it any more. */

import type { z } from "zod";

import type { Json } from "../../model/primitives.ts";
import type { CallMemory } from "../../model/task-exchange.ts";

/** What is waited for; or the reply, where an agent answers at once. */
export type Begun<H> = { readonly handle: H } | { readonly reply: unknown };

/** @returns the agent's reply. */
export async function workElsewhere<H extends Json>(
  { memory, signal }: { memory: CallMemory; signal: AbortSignal },
  work: {
    readonly handleSchema: z.ZodType<H>;
    readonly begin: () => Promise<Begun<H>>;
    /** Goes on from what the agent said when it asked. */
    readonly goOn: (continuation: Json) => Promise<Begun<H>>;
    readonly wait: (handle: H) => Promise<unknown>;
    /** Letting go of the connection alone stops nothing. It may have ended, or be out of reach. */
    readonly cancel: (handle: H) => Promise<void>;
  },
): Promise<unknown> {
  const { continuation } = memory;
  let handle = work.handleSchema.safeParse(memory.handle).data;
  if (handle === undefined) {
    const begun = await (continuation === undefined ? work.begin() : work.goOn(continuation));
    if ("reply" in begun) return begun.reply;
    await memory.keep(begun.handle);
    handle = begun.handle;
  }
  const waitedFor = handle;
  const stop = () => void work.cancel(waitedFor).catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await work.wait(waitedFor);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
