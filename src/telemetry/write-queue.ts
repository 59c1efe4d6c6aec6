/** Lets all writes of one turn of the event loop share a lock and a line in the journal. */

import type { Journal, JournalEntry } from "./journal.ts";

/** How long a change may be in the journal alone, in milliseconds. */
const FOLD_AFTER_MS = 200;

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
}: {
  exclusively: (work: () => void) => Promise<void>;
  documents: readonly Journaled[];
  journal: Journal;
}): WriteQueue {
  let queue: { apply: () => () => void; reject: (error: unknown) => void }[] = [];
  let isFoldWanted = false;
  let foldTimer: NodeJS.Timeout | undefined;

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
    for (const document of documents) document.fold();
    journal.clear();
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
    clearTimeout(foldTimer);
    foldTimer = undefined;
    isFoldWanted = true;
    return enqueue(() => {});
  }

  return { write: enqueue, settle };
}
