/** Lets all writes of one turn of the event loop share a lock and a file write. */

interface Saved {
  save(): void;
  discard(): void;
}

type Write = <T>(change: () => T) => Promise<T>;

/**
 * Returns a function that queues a change and resolves once it is on disk.
 *
 * A change that throws rejects its own promise alone; it must check before it changes anything.
 * When saving fails, all changes of that turn are taken back and rejected.
 */
export function createWriteQueue({
  exclusively,
  documents,
}: {
  exclusively: (work: () => void) => Promise<void>;
  documents: readonly Saved[];
}): Write {
  let queue: { apply: () => () => void; reject: (error: unknown) => void }[] = [];

  function flush(): void {
    const changes = queue;
    queue = [];
    const settle: (() => void)[] = [];
    exclusively(() => {
      try {
        for (const { apply, reject } of changes) {
          try {
            settle.push(apply());
          } catch (error) {
            settle.push(() => reject(error));
          }
        }
        for (const document of documents) document.save();
      } catch (error) {
        for (const document of documents) document.discard();
        throw error;
      }
    }).then(
      () => {
        for (const done of settle) done();
      },
      (error: unknown) => {
        for (const { reject } of changes) reject(error);
      },
    );
  }

  return (change) =>
    new Promise((resolve, reject) => {
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
