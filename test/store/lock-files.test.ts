import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { createLockFiles } from "../../src/store/sqlite/lock-files.ts";

/** A folder that is not there yet, as that of holders is not when there were none. */
function aFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), "mission-control-locks-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, "holders");
}

describe("a holder with a locked file", () => {
  it("is alive for all who ask, until it leaves, and leaves nothing", async () => {
    const folder = aFolder();
    const [holder, other] = [createLockFiles(folder), createLockFiles(folder)];

    const name = await holder.join();
    const isAlive = [await holder.isAlive(name), await other.isAlive(name)];
    const files = readdirSync(folder);
    const sizes = files.map((file) => statSync(join(folder, file)).size);
    await holder.leave();

    expect(isAlive).toEqual([true, true]);
    expect(sizes).toEqual([0]);
    expect(await other.isAlive(name)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps its name for as long as it is there, and gets another when it was buried", async () => {
    const folder = aFolder();
    const [holder, other] = [createLockFiles(folder), createLockFiles(folder)];
    onTestFinished(() => holder.leave());

    const name = await holder.join();
    const again = await holder.join();
    await other.bury(name);
    const after = await holder.join();

    expect(again).toBe(name);
    expect(after).not.toBe(name);
    expect(await other.isAlive(name)).toBe(false);
    expect(await other.isAlive(after)).toBe(true);
  });

  it("that died is dead, and whoever leaves removes what it left, but of nobody who lives", async () => {
    const folder = aFolder();
    const [holder, leaving] = [createLockFiles(folder), createLockFiles(folder)];
    onTestFinished(() => holder.leave());
    const name = await holder.join();
    const dead = "00000000-0000-4000-8000-000000000000";
    writeFileSync(join(folder, `${dead}.lock`), "");

    expect(await leaving.isAlive(dead)).toBe(false);
    await leaving.join();
    await leaving.leave();

    expect(readdirSync(folder)).toEqual([`${name.slice(0, 36)}.lock`]);
    expect(await leaving.isAlive(name)).toBe(true);
  });

  it.each(["../victim", "", "self", "0".repeat(36), `${"a".repeat(36)} 1 2`])(
    "that is called '%s' is none, and to bury it removes nothing",
    async (name) => {
      const folder = aFolder();
      mkdirSync(folder);
      writeFileSync(join(folder, "..", "victim.lock"), "");
      const holders = createLockFiles(folder);

      expect(await holders.isAlive(name)).toBe(false);
      await holders.bury(name);

      expect(readdirSync(join(folder, "..")).toSorted()).toEqual(["holders", "victim.lock"]);
    },
  );

  it("whose file cannot be looked into is not known to be dead", async () => {
    const folder = aFolder();
    mkdirSync(join(folder, `${"b".repeat(36)}.lock`), { recursive: true });

    expect(await createLockFiles(folder).isAlive("b".repeat(36))).toBe(true);
  });
});
