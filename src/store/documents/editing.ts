/** One at a time edits the documents of a folder. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { MissionError } from "../../errors.ts";
import { isBusy, openDatabase } from "../sqlite/driver.ts";

/**
 * Does the work while nobody else does such work in this folder, in whatever process. The system lets go of it when the
 * process dies.
 *
 * @throws MissionError `BUSY`.
 */
export async function whileEditing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const own = join(folder, ".mission-control");
  mkdirSync(own, { recursive: true });
  const lock = openDatabase(join(own, "editing.sqlite"));
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    const message =
      "Somebody else is changing the documents just now. Nothing was written: try again.";
    throw new MissionError("BUSY", message, { cause: error });
  }
  try {
    return await work();
  } finally {
    lock.exec("ROLLBACK");
    lock.close();
  }
}
