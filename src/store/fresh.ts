/**
 * Whether what is remembered was looked at since this process heard last of anything: until all that was ready to go on has gone
 * on, nobody can tell a read that was made then from one that is made now.
 */

export interface Fresh {
  readonly is: () => boolean;
  /** It was just seen that nobody else has written. */
  readonly set: () => void;
  /** Something newer was read than what is remembered may be. */
  readonly end: () => void;
}

export function createFresh(): Fresh {
  let isFresh = false;
  let isTimed = false;
  return {
    is: () => isFresh,
    set() {
      isFresh = true;
      if (isTimed) return;
      isTimed = true;
      process.nextTick(() => {
        isFresh = false;
        isTimed = false;
      });
    },
    end() {
      isFresh = false;
    },
  };
}
