/** Lets all writes of one turn of the event loop share a lock and a line in the journal. */

import type { Board } from "./board.ts";
import type { Journal, JournalEntry } from "./journal.ts";

/** How long a change may be in the journal alone, in milliseconds. */
const FOLD_AFTER_MS = 1000;

/** Stops in quick succession that are folded at once, each for itself, before more share a fold. */
const BURST = 16;

/** How soon such a stop is allowed again, in milliseconds; a long history takes longer to write. */
const ALLOW_AFTER_MS = 1000;
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
  /** The same, unless that has been asked for many times just now: then it is left to the next fold. */
  readonly settleSoon: () => Promise<void>;
}

export function createWriteQueue({
  exclusively,
  documents,
  board,
  journal,
}: {
  exclusively: (work: () => void) => Promise<void>;
  documents: readonly Journaled[];
  board: Board;
  journal: Journal;
}): WriteQueue {
  let queue: { apply: () => () => void; reject: (error: unknown) => void }[] = [];
  let isFoldWanted = false;
  let foldTimer: NodeJS.Timeout | undefined;
  let allowed = BURST;
  let allowedAt = 0;
  let allowAfter = ALLOW_AFTER_MS;

  function flush(): void {
    const changes = queue;
    const isFoldDue = isFoldWanted;
    queue = [];
    isFoldWanted = false;
    const settled: (() => void)[] = [];
    const work = () => {
      try {
        for (const { apply, reject } of changes) {
          try {
            settled.push(apply());
          } catch (error) {
            settled.push(() => reject(error));
          }
        }
        journalChanges();
      } catch (error) {
        for (const document of documents) document.forget();
        throw error;
      }
      if (isFoldDue) fold();
    };
    exclusively(() => journal.holding(work)).then(
      () => {
        for (const done of settled) done();
        foldSoon();
      },
      (error: unknown) => {
        for (const { reject } of changes) reject(error);
      },
    );
  }

  function journalChanges(): void {
    const entries = documents.flatMap((document) => document.changes());
    if (entries.length > 0) journal.append(entries);
    for (const document of documents) document.journaled();
  }

  /** The caller holds the lock. What fails here is still in the journal. */
  function fold(): void {
    const start = performance.now();
    board.derive();
    journalChanges();
    if (journal.read().id !== undefined) {
      for (const document of documents) document.fold();
      journal.clear();
    }
    board.fold();
    allowAfter = Math.max(ALLOW_AFTER_MS, REST_FACTOR * (performance.now() - start));
  }

  function foldSoon(): void {
    const isFolded = journal.known().id === undefined && !board.isWanted();
    if (foldTimer !== undefined || isFolded) return;
    const wait = Math.max(FOLD_AFTER_MS, allowAfter);
    foldTimer = setTimeout(() => {
      // Nothing is lost when it fails: whoever writes or settles next is told.
      settle().catch(() => {});
    }, wait);
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

  async function settleSoon(): Promise<void> {
    const now = performance.now();
    allowed = Math.min(BURST, allowed + (now - allowedAt) / allowAfter);
    allowedAt = now;
    if (allowed < 1) {
      foldSoon();
      return;
    }
    allowed -= 1;
    await settle();
  }

  return { write: enqueue, settle, settleSoon };
}
