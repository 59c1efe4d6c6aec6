/** Which processes are alive that hold leases of a database: docs/decisions/2026-11-30-locked-files.md. */

export interface Holders {
  /** Makes this process a holder, or sees that it still is one; returns its name. */
  readonly join: () => Promise<string>;
  /** Watches until it is certain, for about ten seconds at most. */
  readonly isAlive: (holder: string) => Promise<boolean>;
  /** Removes what a dead holder has left. */
  readonly bury: (holder: string) => Promise<void>;
  readonly leave: () => Promise<void>;
}

/** Holders of a database that lives with its connection: nobody else can see it. */
export const ALONE: Holders = {
  join: async () => "self",
  isAlive: async () => true,
  bury: async () => {},
  leave: async () => {},
};
