/** What the store builds on, asked of whichever driver is behind it. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

import type { SqlValue } from "../../src/store/sql.ts";
import {
  type SqlDatabase,
  type SqlStatement,
  isBroken,
  isBusy,
  openDatabase,
} from "../../src/store/sqlite/driver.ts";
import { prepareScript } from "../support/processes.ts";
import { aFolder } from "../support/workspace.ts";

const CHILD = fileURLToPath(new URL("../support/sqlite-child.ts", import.meta.url));
const TABLE = "CREATE TABLE entry (writer INTEGER, number INTEGER, text TEXT)";

function aDatabase(path = ":memory:"): SqlDatabase {
  const database = openDatabase(path);
  onTestFinished(() => database.close());
  return database;
}

/** A file in WAL mode with an empty table. */
function aFile(): string {
  const path = join(aFolder(), "test.sqlite");
  const database = openDatabase(path);
  database.exec(`PRAGMA journal_mode = WAL; ${TABLE}`);
  database.close();
  return path;
}

function count(database: SqlDatabase): unknown {
  return database.prepare("SELECT count(*) AS count FROM entry").get()?.["count"];
}

function failure(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** As a caller without types would: what is no {@link SqlValue} reaches the driver. */
function bindUntyped(value: unknown): unknown {
  const statement = aDatabase().prepare("SELECT ? AS first, ? AS value");
  return Reflect.apply(statement.all, undefined, [1, value]);
}

/** Finds the value that was put into a column of integers, and its type. */
function throughColumnOfIntegers(value: number): SqlStatement {
  const database = aDatabase();
  database.exec("CREATE TABLE kept (value INTEGER) STRICT");
  database.prepare("INSERT INTO kept VALUES (?)").run(value);
  return database.prepare("SELECT typeof(value) AS type, value FROM kept");
}

describe("a bound value", () => {
  const values: readonly (readonly [string, SqlValue, string])[] = [
    ["null", null, "null"],
    ["0", 0, "integer"],
    ["-1", -1, "integer"],
    ["the largest 32-bit integer", 2 ** 31 - 1, "integer"],
    ["a half", 0.5, "real"],
    ["the largest number", Number.MAX_VALUE, "real"],
    ["the smallest step above one", 1 + Number.EPSILON, "real"],
    ["infinity", Infinity, "real"],
    ["an empty text", "", "text"],
    ["characters of two, three and four bytes", "é€𝄞👩‍👩‍👧", "text"],
    ["a text that looks like a number", "007", "text"],
    ["JSON with an escaped NUL", JSON.stringify("a\0b"), "text"],
    ["5 MB of text", "mission €".repeat(500_000), "text"],
    ["an empty blob", new Uint8Array(0), "blob"],
    ["a blob with NUL", new Uint8Array([0, 255, 0]), "blob"],
    ["a part of a buffer", new Uint8Array([1, 2, 3, 4]).subarray(1, 3), "blob"],
  ];

  it.each(values)("comes back as it was: %s", (_, value, type) => {
    const database = aDatabase();
    database.exec("CREATE TABLE kept (value)");
    database.prepare("INSERT INTO kept VALUES (?)").run(value);

    const row = database.prepare("SELECT value, typeof(value) AS type FROM kept").get();

    expect({ ...row }).toEqual({ value, type });
  });

  it.each([2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    "is an integer in a column of integers: %d",
    (value) => {
      expect({ ...throughColumnOfIntegers(value).get() }).toEqual({ type: "integer", value });
    },
  );

  it.each([2 ** 53, -(2 ** 53)])("is refused on its way back, not rounded: %d", (value) => {
    const row = throughColumnOfIntegers(value);

    expect(() => row.get()).toThrow("too large");
  });

  it.each([-0, 1e-17, Number.MIN_VALUE])(
    "is a plain zero when it is next to nothing: %d",
    (value) => {
      expect(aDatabase().prepare("SELECT ? AS value").get(value)?.["value"]).toBe(0);
    },
  );

  it("is null when it is not a number", () => {
    expect(aDatabase().prepare("SELECT ? AS value").get(Number.NaN)?.["value"]).toBeNull();
  });

  it("has a replacement character for half a surrogate pair", () => {
    expect(aDatabase().prepare("SELECT ? AS value").get("a\ud800b")?.["value"]).toBe("a\ufffdb");
  });

  it("is refused when it is a text with NUL, of which the driver would keep the start", () => {
    const statement = aDatabase().prepare("SELECT ? AS value");

    for (const call of [statement.run, statement.get, statement.all, statement.iterate]) {
      expect(() => call("a\0b")).toThrow("NUL");
    }
  });

  it("is 1 or 0 when the types are got round with a truth value", () => {
    expect(bindUntyped(true)).toMatchObject([{ value: 1 }]);
    expect(bindUntyped(false)).toMatchObject([{ value: 0 }]);
  });

  it.each([undefined, { a: 1 }, [1], new Date(0), Symbol("s"), () => 1, 2n ** 63n])(
    "is refused when it is none of SQLite's: %s",
    (value) => {
      expect(() => bindUntyped(value)).toThrow(/cannot be bound|too large/);
    },
  );

  it("is refused when the statement has no place for it", () => {
    expect(() => aDatabase().prepare("SELECT ? AS value").all(1, 2)).toThrow(/range/);
  });
});

describe("a statement", () => {
  it("tells how many rows it changed", () => {
    const database = aDatabase();
    database.exec(TABLE);
    const insert = database.prepare("INSERT INTO entry (number) VALUES (?)");

    expect([1, 2, 3].map((number) => insert.run(number))).toEqual([1, 1, 1]);
    expect(database.prepare("UPDATE entry SET number = 0 WHERE number > ?").run(1)).toBe(2);
  });

  it("gives no row, or none at all, where nothing is found", () => {
    const statement = aDatabase().prepare("SELECT 1 AS one WHERE ? = 2");

    expect(statement.get(1)).toBeUndefined();
    expect(statement.all(1)).toEqual([]);
    expect([...statement.iterate(1)]).toEqual([]);
  });

  it("can be run again after an iteration that was left early", () => {
    const statement = aDatabase().prepare("SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT ?");

    for (const row of statement.iterate(3)) {
      expect(row["n"]).toBe(1);
      break;
    }

    expect(statement.all(4).map((row) => row["n"])).toEqual([1, 2, 4]);
  });

  it("is refused, and no danger, once its database is closed", () => {
    const database = openDatabase(":memory:");
    const statement = database.prepare("SELECT 1 AS n UNION ALL SELECT 2");
    const rows = statement.iterate()[Symbol.iterator]();
    rows.next();

    database.close();

    expect(() => statement.get()).toThrow("is closed");
    expect(() => rows.next()).toThrow("is closed");
  });

  it("is collected, 20,000 of them, without a crash", async () => {
    const run = await prepareScript(CHILD);
    const path = aFile();

    const ended = await run(["churn", path, "20000"]);

    expect(ended).toEqual({ code: 0, stdout: "200049997", stderr: "" });
    expect(count(aDatabase(path))).toBe(20_000);
  });
});

describe("SQLite", () => {
  it("has the fix for a WAL file that is reset while it is written, of 3.51.3", () => {
    const row = aDatabase().prepare("SELECT sqlite_version() AS version").get();

    const [major = 0, minor = 0, patch = 0] = String(row?.["version"]).split(".").map(Number);
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(3_051_003);
  });

  it("is told busy from broken", () => {
    const path = aFile();
    const holder = aDatabase(path);
    const other = aDatabase(path);
    holder.exec("BEGIN IMMEDIATE");
    const garbage = join(aFolder(), "garbage.sqlite");
    writeFileSync(garbage, "no database at all ".repeat(1000));

    const busy = failure(() => other.exec("BEGIN IMMEDIATE"));
    const broken = failure(() => aDatabase(garbage).prepare("SELECT * FROM sqlite_schema").all());
    const faulty = failure(() => holder.exec("SELECT nothing FROM nowhere"));

    expect([isBusy(busy), isBroken(busy)]).toEqual([true, false]);
    expect([isBusy(broken), isBroken(broken)]).toEqual([false, true]);
    expect([isBusy(faulty), isBroken(faulty)]).toEqual([false, false]);
    expect([isBusy("busy"), isBroken(undefined)]).toEqual([false, false]);
  });

  it("cannot open a file in a folder that is not there", () => {
    const error = failure(() => openDatabase(join(aFolder(), "missing", "test.sqlite")));

    expect(error).toBeInstanceOf(Error);
    expect([isBusy(error), isBroken(error)]).toEqual([false, false]);
  });

  it("moves data_version for what another connection wrote, and for nothing else", () => {
    const path = aFile();
    const own = aDatabase(path);
    const other = aDatabase(path);
    const version = () => own.prepare("PRAGMA data_version").get()?.["data_version"];
    const insert = "INSERT INTO entry (number) VALUES (1)";

    const first = version();
    own.exec(insert);
    const afterOwn = version();
    other.exec(insert);
    const afterOther = version();

    expect(afterOwn).toBe(first);
    expect(afterOther).not.toBe(first);
    expect(count(own)).toBe(2);
  });

  it("takes turns with two processes that write at once, and loses no row of either", async () => {
    const run = await prepareScript(CHILD);
    const path = aFile();

    const ended = await Promise.all([run(["add", path, "500"]), run(["add", path, "500"])]);

    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    const rows = aDatabase(path).prepare(
      "SELECT count(DISTINCT number) AS numbers FROM entry GROUP BY writer",
    );
    expect(rows.all().map((row) => row["numbers"])).toEqual([500, 500]);
  });

  it("keeps what was committed, and only that, when its process is killed", async () => {
    const run = await prepareScript(CHILD);
    const path = aFile();

    const killed = await run(["die", path, "200"]);

    const database = aDatabase(path);
    expect(killed.code).toBeNull();
    expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    expect(database.prepare("SELECT text FROM entry").all()).toEqual([{ text: "committed" }]);
    database.exec("BEGIN IMMEDIATE; ROLLBACK");
  });
});
