/** Lets all writes of one turn of the event loop share a lock and a line in the journal. */

import { setTimeout as delay } from "node:timers/promises";

import type { Journal, JournalEntry } from "./journal.ts";

/** How long a change may be in the journal alone, in milliseconds. */
const FOLD_AFTER_MS = 200;

/** While several runs are under way: for each millisecond of folding so many without, to share folds. */
const REST_FACTOR = 4;

interface Journaled {
  changes(): readonly JournalEntry[];
  journaled(): void;
  forget(): void;
  fold(): Promise<void>;
}

export interface WriteQueue {
  /** Resolves when the change is durable. One that throws must not have changed anything. */
  readonly write: <T>(change: () => T) => Promise<T>;
  /** Resolves when the documents have everything that was written. */
  readonly settle: () => Promise<void>;
  /** Begins what `settle` waits for. What fails is told to whoever settles next. */
  readonly settleSoon: () => void;
}

export function createWriteQueue({
  exclusively,
  documents,
  journal,
  isCrowded,
}: {
  exclusively: (work: () => Promise<void>) => Promise<void>;
  documents: readonly Journaled[];
  journal: Journal;
  /** True while several runs are worked on here: then it pays to wait for each other. */
  isCrowded: () => boolean;
}): WriteQueue {
  let queue: { apply: () => () => void; reject: (error: unknown) => void }[] = [];
  let settlers: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  let isFlushDue = false;
  let foldTimer: NodeJS.Timeout | undefined;
  let restUntil = 0;
  let resting: Promise<void> | undefined;

  function flush(): void {
    const changes = queue;
    const waiting = settlers;
    queue = [];
    settlers = [];
    isFlushDue = false;
    exclusively(async () => {
      for (const resolve of apply(changes)) resolve();
      // Whoever only wrote does not wait for the documents.
      if (waiting.length > 0) await fold();
      else foldSoon();
    }).then(
      () => {
        for (const { resolve } of waiting) resolve();
      },
      (error: unknown) => {
        // Those whose change was made have been told already.
        for (const { reject } of [...changes, ...waiting]) reject(error);
      },
    );
  }

  /** Makes the changes durable; returns what tells their writers. */
  function apply(changes: typeof queue): readonly (() => void)[] {
    try {
      const settled: (() => void)[] = [];
      for (const change of changes) {
        try {
          settled.push(change.apply());
        } catch (error) {
          settled.push(() => change.reject(error));
        }
      }
      const entries = documents.flatMap((document) => document.changes());
      if (entries.length > 0) journal.append(entries);
      for (const document of documents) document.journaled();
      return settled;
    } catch (error) {
      for (const document of documents) document.forget();
      throw error;
    }
  }

  /** The caller holds the lock. What fails here is still in the journal. */
  async function fold(): Promise<void> {
    if (journal.read().id === undefined) return;
    const start = performance.now();
    const results = await Promise.allSettled(documents.map((document) => document.fold()));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    journal.clear();
    const end = performance.now();
    restUntil = end + REST_FACTOR * (end - start);
  }

  function foldSoon(): void {
    if (foldTimer !== undefined || journal.known().id === undefined) return;
    foldTimer = setTimeout(settleSoon, FOLD_AFTER_MS);
  }

  function enqueue<T>(change: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      queue.push({
        apply: () => {
          const value = change();
          return () => resolve(value);
        },
        reject,
      });
      flushSoon();
    });
  }

  function flushSoon(): void {
    if (isFlushDue) return;
    isFlushDue = true;
    setImmediate(flush);
  }

  function settle(): Promise<void> {
    const rest = isCrowded() ? restUntil - performance.now() : 0;
    if (resting === undefined && rest <= 0) return foldNow();
    // Whoever asks meanwhile is served by the same fold: it has not begun.
    resting ??= delay(rest).then(() => {
      resting = undefined;
      return foldNow();
    });
    return resting;
  }

  function foldNow(): Promise<void> {
    clearTimeout(foldTimer);
    foldTimer = undefined;
    return new Promise((resolve, reject) => {
      settlers.push({ resolve, reject });
      flushSoon();
    });
  }

  function settleSoon(): void {
    foldTimer = undefined;
    // Nothing is lost when it fails: whoever writes or settles next is told.
    settle().catch(() => {});
  }

  return { write: enqueue, settle, settleSoon };
}
