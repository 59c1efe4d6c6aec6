/** Whether what was committed survives a power cut by now: docs/decisions/2026-11-25-one-database.md. */

import type { SqlDatabase } from "./driver.ts";
import { type LogFile, notOnDisk } from "./log-file.ts";

export interface Disk {
  /** Begins to bring what is committed to the disk. */
  readonly begin: () => void;
  /** Others have committed something: they may have died before it was on the disk. */
  readonly doubt: () => void;
  /** Resolves when all that was committed is there. @throws MissionError `STORE_FAILED` */
  readonly secured: () => Promise<void>;
}

/** @param log absent where nothing is to survive: a database in memory. */
export function createDisk(
  database: SqlDatabase,
  { path, log }: { path: string; log: LogFile | undefined },
): Disk {
  const foldAll = database.prepare("PRAGMA wal_checkpoint(FULL)");
  /** Undefined where it is neither done nor under way. */
  let secured: Promise<void> | undefined;
  let hasFailed = false;

  async function bring(): Promise<void> {
    if (log === undefined) return;
    if (!hasFailed) return log.sync();
    // What a disk has refused once, the system may think is there. So it is written again, to the database itself.
    try {
      const { busy } = foldAll.get() ?? {};
      if (busy !== 0) throw new Error("another process is using it");
    } catch (error) {
      throw notOnDisk(path, error);
    }
    hasFailed = false;
  }

  function secure(): Promise<void> {
    const trying = bring();
    secured = trying;
    trying.catch(() => {
      hasFailed = true;
    });
    return trying;
  }

  return {
    begin: () => void secure(),
    doubt() {
      secured = undefined;
    },
    async secured() {
      const asked = secured ?? secure();
      try {
        await asked;
      } catch (error) {
        // Whoever asks after that has it tried again.
        if (secured === asked) secured = undefined;
        throw error;
      }
    },
  };
}
