/**
 * SQL as a value. A command of the store is a generator that gives out statements and is given their rows, so
 * that it is written once: SQLite carries it out at once, Postgres by and by.
 */

export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Readonly<Record<string, unknown>>;

/** A statement with its values, and how many rows are wanted. */
export interface Query {
  readonly statement: Statement;
  readonly values: readonly SqlValue[];
  readonly wants: "none" | "one" | "all";
}

/** Work on a database that ends with a `T`. */
export type Sql<T> = Generator<Query, T, readonly SqlRow[]>;

export interface Statement {
  /** In SQL that both databases understand; its values are `$1`, `$2` and so on. */
  readonly text: string;
  readonly run: (...values: readonly SqlValue[]) => Sql<void>;
  readonly get: (...values: readonly SqlValue[]) => Sql<SqlRow | undefined>;
  readonly all: (...values: readonly SqlValue[]) => Sql<readonly SqlRow[]>;
}

/** Prepared once by each connection that carries it out: make it where it is not made again and again. */
export function sql(text: string): Statement {
  const statement: Statement = {
    text,
    *run(...values) {
      yield { statement, values, wants: "none" };
    },
    *get(...values) {
      const [row] = yield { statement, values: values.map(storable), wants: "one" };
      return row;
    },
    *all(...values) {
      return yield { statement, values: values.map(storable), wants: "all" };
    },
  };
  return statement;
}

/**
 * No database keeps a NUL in a text, or half a character: columns have another in its place, and are looked for by
 * that. The record itself keeps both: JSON escapes them.
 */
export function storable(value: SqlValue): SqlValue {
  return typeof value === "string" ? value.replaceAll("\0", "\uFFFD").toWellFormed() : value;
}

/** What carries out commands: one connection to a database, by one command at a time. */
export interface Connection {
  /**
   * Resolves when the command's changes are committed: they survive the death of the process. One that throws has
   * changed nothing. It may be carried out again from its start where the database had to be reached anew.
   *
   * @param isDurable whether it must also survive a power cut, once {@link secured} has resolved.
   */
  readonly write: <T>(command: () => Sql<T>, isDurable: boolean) => Promise<T>;
  /** Resolves when all that is durable and was committed before, by whomever, survives a power cut. */
  readonly secured: () => Promise<void>;
  /**
   * Carries out a query, all of whose statements see one state of the database.
   *
   * @param remembered what needs no statement as long as nobody else has written; undefined when it does.
   */
  readonly read: <T>(query: () => Sql<T>, remembered?: () => T | undefined) => Promise<T>;
  /** As `read`, of a query of one statement that uses nothing remembered. */
  readonly ask: <T>(query: () => Sql<T>) => Promise<T>;
  /** Resolves when everything asked for so far is committed or refused. */
  readonly idle: () => Promise<void>;
}

/** What a connection tells whoever remembers what was read by it. */
export interface Watcher {
  /** What was remembered may be wrong: something was rolled back, or written by somebody else. */
  readonly forget: () => void;
}

/** Less than any `seq`: what comes back from an archive is placed before all that is there. */
export const BEFORE_ALL = Number.MIN_SAFE_INTEGER;

/** Rows of a table by their `seq`, for {@link eachRow}. */
export function allOf(table: string): Statement {
  return sql(`SELECT * FROM ${table} WHERE seq > $1 ORDER BY seq LIMIT $2`);
}

/**
 * Reads rows a page at a time, in the order of `seq`.
 *
 * @param statement takes the last `seq`, a limit, and what else it needs.
 * @param from.after only rows after this `seq`.
 */
export function* eachRow(
  statement: Statement,
  visit: (row: SqlRow) => void,
  { after: start = BEFORE_ALL, others = [] }: { after?: number; others?: readonly SqlValue[] } = {},
): Sql<void> {
  for (let after = start; ;) {
    const rows = yield* statement.all(after, PAGE, ...others);
    for (const row of rows) visit(row);
    if (rows.length < PAGE) return;
    after = numberOf(rows.at(-1), "seq");
  }
}

const PAGE = 1000;

/** A column as a number; 0 when it has none. */
export function numberOf(row: SqlRow | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}

/** A column as text; undefined when it has none. */
export function textOf(row: SqlRow | undefined, column: string): string | undefined {
  const value = row?.[column];
  return typeof value === "string" ? value : undefined;
}
