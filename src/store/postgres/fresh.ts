/**
 * Whether what is remembered was looked at since this process heard last of anything: until all that was ready to go on has gone
 * on, nobody can tell a read that was made then from one that is made now. That may take long, so it holds for a moment only:
 * others may have decided meanwhile.
 */

/** In milliseconds. */
const MOMENT_MS = 5;

export interface Fresh {
  readonly is: () => boolean;
  /** It was just seen that nobody else has written. */
  readonly set: () => void;
}

export function createFresh(): Fresh {
  let until = Number.NEGATIVE_INFINITY;
  let isTimed = false;
  return {
    is: () => performance.now() < until,
    set() {
      until = performance.now() + MOMENT_MS;
      if (isTimed) return;
      isTimed = true;
      process.nextTick(() => {
        until = Number.NEGATIVE_INFINITY;
        isTimed = false;
      });
    },
  };
}
