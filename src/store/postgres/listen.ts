/** Hears at once that a run was woken, by a connection of its own that is made again when it breaks. */

import { setTimeout as delay } from "node:timers/promises";

import { type PgAddress, connect } from "./driver.ts";

const PAUSE_MS = 500;

/** The channel of a schema. Its name is one that SQL takes as it is. */
export const channelOf = ({ schema }: PgAddress): string => `wakes_of_${schema}`.slice(0, 63);

/** @returns what ends it. */
export function listenForWakes(address: PgAddress, onWake: () => void): () => Promise<void> {
  const ending = new AbortController();

  const ended = new Promise<void>((resolve) => {
    ending.signal.addEventListener("abort", () => resolve(), { once: true });
  });

  /** Until the connection is gone, or it is not needed any more. */
  async function hear(): Promise<void> {
    const client = await connect(address);
    try {
      const gone = new Promise<void>((resolve) => {
        client.onNews((isGone) => (isGone ? resolve() : onWake()));
      });
      await client.exec(`LISTEN ${channelOf(address)}`);
      // What happened before it listened was told to nobody.
      onWake();
      await Promise.race([ended, gone]);
    } finally {
      await client.close().catch(() => {});
    }
  }

  const hearing = (async () => {
    while (!ending.signal.aborted) {
      await hear().catch(() => {});
      await delay(PAUSE_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  })();
  return async () => {
    ending.abort();
    await hearing;
  };
}
