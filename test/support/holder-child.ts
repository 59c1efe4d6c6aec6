/** A process that becomes a holder and leaves, again and again, and counts how often it was not seen as what it was. Arguments: folder, rounds. */

import { createLockFiles } from "../../src/store/sqlite/lock-files.ts";

const [folder = "", rounds = ""] = process.argv.slice(2);
let wrong = 0;
for (let round = 0; round < Number(rounds); round += 1) {
  const [holder, other] = [createLockFiles(folder), createLockFiles(folder)];
  const name = await holder.join();
  if (!(await other.isAlive(name))) wrong += 1;
  if ((await holder.join()) !== name) wrong += 1;
  await holder.leave();
  if (await other.isAlive(name)) wrong += 1;
}
process.stdout.write(String(wrong));
