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
  fold(): void;
}

export interface WriteQueue {
  /** Resolves when the change is durable. One that throws must not have changed anything. */
  readonly write: <T>(change: () => T) => Promise<T>;
  /** Resolves when the documents have everything that was written. */
  readonly settle: () => Promise<void>;
}

export function createWriteQueue({
  exclusively,
  documents,
  journal,
  isCrowded,
}: {
  exclusively: (work: () => void) => Promise<void>;
  documents: readonly Journaled[];
  journal: Journal;
  /** True while several runs are worked on here: then it pays to wait for each other. */
  isCrowded: () => boolean;
}): WriteQueue {
  let queue: { apply: () => () => void; reject: (error: unknown) => void }[] = [];
  let isFoldWanted = false;
  let foldTimer: NodeJS.Timeout | undefined;
  let restUntil = 0;
  let settling: Promise<void> | undefined;

  function flush(): void {
    const changes = queue;
    const isFoldDue = isFoldWanted;
    queue = [];
    isFoldWanted = false;
    const settled: (() => void)[] = [];
    exclusively(() => {
      try {
        for (const { apply, reject } of changes) {
          try {
            settled.push(apply());
          } catch (error) {
            settled.push(() => reject(error));
          }
        }
        const entries = documents.flatMap((document) => document.changes());
        if (entries.length > 0) journal.append(entries);
        for (const document of documents) document.journaled();
      } catch (error) {
        for (const document of documents) document.forget();
        throw error;
      }
      if (isFoldDue) fold();
    }).then(
      () => {
        for (const done of settled) done();
        foldSoon();
      },
      (error: unknown) => {
        for (const { reject } of changes) reject(error);
      },
    );
  }

  /** The caller holds the lock. What fails here is still in the journal. */
  function fold(): void {
    if (journal.read().id === undefined) return;
    const start = performance.now();
    for (const document of documents) document.fold();
    journal.clear();
    const end = performance.now();
    restUntil = end + REST_FACTOR * (end - start);
  }

  function foldSoon(): void {
    if (foldTimer !== undefined || journal.known().id === undefined) return;
    foldTimer = setTimeout(() => {
      foldTimer = undefined;
      // Nothing is lost when it fails: whoever writes or settles next is told.
      settle().catch(() => {});
    }, FOLD_AFTER_MS);
  }

  function enqueue<T>(change: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (queue.length === 0) setImmediate(flush);
      queue.push({
        apply: () => {
          const value = change();
          return () => resolve(value);
        },
        reject,
      });
    });
  }

  function settle(): Promise<void> {
    const rest = isCrowded() ? restUntil - performance.now() : 0;
    if (settling === undefined && rest <= 0) return foldNow();
    // Whoever asks meanwhile is served by the same fold: it has not begun.
    settling ??= delay(rest).then(() => {
      settling = undefined;
      return foldNow();
    });
    return settling;
  }

  function foldNow(): Promise<void> {
    clearTimeout(foldTimer);
    foldTimer = undefined;
    isFoldWanted = true;
    return enqueue(() => {});
  }

  return { write: enqueue, settle };
}
