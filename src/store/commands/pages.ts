/** Rows as they are, a page at a time, to be moved from one database to another. */

import type { Pages, RowKey, Table } from "../pages.ts";
import type { Session } from "../session.ts";
import { type Sql, type SqlRow, type SqlValue, type Statement, sql } from "../sql.ts";

/** @param finish what a database needs whose rows came with their `seq`. */
export function createPageCommands(
  { ask, write, forget }: Session,
  finish: readonly Statement[],
): Pages {
  return {
    read: ({ name, key }, after, limit) => {
      const place = placeholders(key.length);
      const rest = after === undefined ? "" : `WHERE (${key.join(", ")}) > (${place})`;
      const text = `SELECT * FROM ${name} ${rest} ORDER BY ${key.join(", ")} LIMIT $${(after?.length ?? 0) + 1}`;
      return ask(() => sql(text).all(...(after ?? []), limit));
    },
    range: ({ name, key }, after, last) => {
      const values: SqlValue[] = [];
      const conditions: string[] = [];
      const compare = (sign: string, bound: RowKey | undefined) => {
        if (bound === undefined) return;
        const place = placeholders(key.length, values.length);
        values.push(...bound);
        conditions.push(`(${key.join(", ")}) ${sign} (${place})`);
      };
      compare(">", after);
      compare("<=", last);
      const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
      return ask(() =>
        sql(`SELECT * FROM ${name} ${where} ORDER BY ${key.join(", ")}`).all(...values),
      );
    },
    put: (table, rows) =>
      write(undefined, function* put() {
        yield* putAll(table, rows);
        // It was written past all that is remembered.
        forget();
      }),
    drop: ({ name, key }, keys) =>
      write(undefined, function* drop() {
        const where = key.map((column, place) => `${column} = $${place + 1}`).join(" AND ");
        const one = sql(`DELETE FROM ${name} WHERE ${where}`);
        for (const values of keys) yield* one.run(...values);
      }),
    finish: () =>
      write(undefined, function* end() {
        for (const statement of finish) yield* statement.get();
      }),
  };
}

function* putAll({ name, key, columns }: Table, rows: readonly SqlRow[]): Sql<void> {
  const changed = columns.filter((column) => !key.includes(column));
  const upsert =
    sql(`INSERT INTO ${name} (${columns.join(", ")}) VALUES (${placeholders(columns.length)})
    ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${changed.map((column) => `${column} = excluded.${column}`).join(", ")}`);
  for (const row of rows) yield* upsert.run(...columns.map((column) => toValue(row[column])));
}

function toValue(value: unknown): SqlValue {
  return typeof value === "string" || typeof value === "number" ? value : null;
}

function placeholders(count: number, before = 0): string {
  return Array.from({ length: count }, (_, place) => `$${before + place + 1}`).join(", ");
}
