/**
 * A disk that fails this process: SQLite is told that it is full or cannot sync, or files cannot be renamed.
 * Takes the place of the driver's package where a script is bundled with it.
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

import { DatabaseSync as Sound } from "@photostructure/sqlite";

import type { Fault } from "./faults.ts";

type Disk = Extract<Fault, { kind: "disk" }>;

/** SQLite's code, and what it says. */
const FAILURES = {
  full: { errcode: 13, message: "database or disk is full" },
  "full in between": { errcode: 13, message: "database or disk is full" },
  fsync: { errcode: 1034, message: "disk I/O error" },
} as const;

/** From its `nth` write on the disk fails so many `times`, and is well again. */
export function breakDisk(disk: Disk): void {
  let writes = 0;
  const fails = () => {
    writes += 1;
    return writes >= disk.nth && writes < disk.nth + disk.times;
  };
  if (disk.how !== "rename") {
    DatabaseSync.disk = { how: disk.how, fails };
    return;
  }
  const { renameSync } = fs;
  fs.renameSync = (from, to) => {
    if (fails()) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
    renameSync(from, to);
  };
  syncBuiltinESMExports();
}

/** Where COMMIT fails, the transaction is rolled back, as SQLite does it; in between, the statement alone. */
export class DatabaseSync extends Sound {
  static disk: { how: keyof typeof FAILURES; fails: () => boolean } | undefined;
  #isWriting = false;

  override prepare(sql: string) {
    const statement = super.prepare(sql);
    const run: typeof statement.run = (...values) => {
      this.#mayFail(sql);
      return statement.run(...values);
    };
    return new Proxy(statement, {
      get(target, name) {
        if (name === "run") return run;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  #mayFail(sql: string): void {
    const isEnd = sql === "COMMIT" && this.#isWriting;
    if (sql === "BEGIN IMMEDIATE") this.#isWriting = true;
    if (sql === "COMMIT") this.#isWriting = false;
    const { disk } = DatabaseSync;
    if (disk === undefined) return;
    const isHit = disk.how === "full in between" ? /^\s*(INSERT|UPDATE)/.test(sql) : isEnd;
    if (!isHit || !disk.fails()) return;
    if (isEnd) this.exec("ROLLBACK");
    const { message, errcode } = FAILURES[disk.how];
    throw Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode });
  }
}
