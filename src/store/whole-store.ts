/** A store over a connection, whichever database it is to. */

import { createCheckpointCommands } from "./commands/checkpoints.ts";
import { createCommands } from "./commands/commands.ts";
import { createPageCommands } from "./commands/pages.ts";
import { createReplayCommands } from "./commands/replays.ts";
import type { Holders } from "./holders.ts";
import { type Leases, createLeases } from "./leases.ts";
import { type Session, type World, createSession } from "./session.ts";
import type { Connection, Sql, Statement, Watcher } from "./sql.ts";
import type { WholeStore } from "./store.ts";

/**
 * @param options.openHolders of leases; they may be kept in the same database.
 * @param options.afterCopy what the database needs when rows have come with their numbers.
 * @param options.onWake tells others at once that a run was woken, and `listen` hears it.
 * @param options.end lets go of the connection, when nothing is under way any more.
 */
export function createWholeStore(
  connect: (watcher: Watcher) => Connection,
  {
    world,
    openHolders,
    end,
    afterCopy = [],
    onWake,
    listen,
  }: {
    world: World;
    openHolders: (session: Session) => Holders;
    end: () => Promise<void>;
    afterCopy?: readonly Statement[];
    onWake?: Statement;
    listen?: (told: () => void) => () => Promise<void>;
  },
): { readonly store: WholeStore; readonly session: Session } {
  const session: Session = createSession(connect, {
    ...world,
    requireLease: (runId) => leases.require(runId),
    onForget: () => leases.doubt(),
    onWake,
  });
  const write = <T>(command: () => Sql<T>) => session.write(undefined, command);
  const holders = openHolders(session);
  const leases: Leases = createLeases({ holders, write, ask: session.ask, wakes: session.wakes });
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    // On a full disk leases stay as they are; nobody beats for them any more.
    await leases.close().catch(() => {});
    await session.idle();
    await end();
  }

  const store = {
    ...createCommands(session),
    checkpoints: createCheckpointCommands(session),
    replays: createReplayCommands(session),
    pages: createPageCommands(session, afterCopy),
    takeLease: leases.take,
    secured: session.secured,
    watchWakes: async (told: () => void) => listen?.(told) ?? pollFor(told),
    close: () => (closing ??= close()),
  };
  return { store, session };
}

/** How often other processes are looked for that cannot tell. */
const POLL_MS = 200;

function pollFor(told: () => void): () => Promise<void> {
  const timer = setInterval(told, POLL_MS);
  return async () => clearInterval(timer);
}
