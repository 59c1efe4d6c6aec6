/** A process that works on a database. Arguments: what to do, the file, a number. */

import { openDatabase, isBusy } from "../../src/store/sqlite/driver.ts";

const [task = "", path = "", number = "0"] = process.argv.slice(2);
const database = openDatabase(path);

/** Adds rows, a transaction each. */
function addRows(count: number): void {
  const insert = whenFree(() =>
    database.prepare("INSERT INTO entry (writer, number) VALUES (?, ?)"),
  );
  for (let row = 0; row < count; row += 1) {
    whenFree(() => database.exec("BEGIN IMMEDIATE"));
    insert.run(process.pid, row);
    database.exec("COMMIT");
  }
}

/** Tries for as long as the other process holds a lock: it does so when it opens and closes, too. */
function whenFree<T>(work: () => T): T {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
}

/** Commits one row, and dies with as many more, too big for the cache, written and not committed. */
function dieInTransaction(count: number): void {
  const insert = database.prepare("INSERT INTO entry (writer, number, text) VALUES (?, ?, ?)");
  database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = 10");
  insert.run(process.pid, 0, "committed");
  database.exec("BEGIN IMMEDIATE");
  for (let row = 1; row <= count; row += 1) insert.run(process.pid, row, "x".repeat(10_000));
  process.kill(process.pid, "SIGKILL");
}

/** Makes and drops statements faster than they are collected, some in the middle of their rows. */
function churn(count: number): void {
  let sum = 0;
  for (let round = 0; round < count; round += 1) {
    const statement = database.prepare(`SELECT ? + ${round % 7} AS sum UNION ALL SELECT 1`);
    sum += Number(statement.get(round)?.["sum"]);
    database.prepare("INSERT INTO entry (writer, number) VALUES (?, ?)").run(0, round);
    for (const _ of statement.iterate(round)) break;
  }
  process.stdout.write(`${sum}`);
}

if (task === "add") addRows(Number(number));
if (task === "die") dieInTransaction(Number(number));
if (task === "churn") churn(Number(number));
database.close();
