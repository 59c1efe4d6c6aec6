/** Whether the database still says what was written: texts against their hashes, columns against their records. */

import { hashOfJson } from "../model/canonical-json.ts";
import type { DifferingColumns, Examination } from "../model/examination.ts";
import type { Session } from "./sqlite-session.ts";
import { type Table, textOf } from "./sqlite-tables.ts";
import type { Store } from "./store.ts";

export function createExaminationCommands(session: Session): Pick<Store, "examine"> {
  const { database, tables, hash, read } = session;

  const listTexts = (sql: string): ReadonlySet<string> =>
    new Set(
      database
        .prepare(sql)
        .all()
        .map((row) => textOf(row, "text") ?? ""),
    );

  function findChanged(): Examination["changed"] {
    const changed: Examination["changed"][number][] = [];
    for (const { hash: name, record } of database.prepare("SELECT * FROM kept").iterate()) {
      if (hashOfJson(String(record), hash) === name) continue;
      changed.push({ table: "kept", hash: String(name) });
    }
    for (const { sha256, record } of database.prepare("SELECT * FROM outputs").iterate()) {
      if (hash(String(record)) !== sha256) changed.push({ table: "outputs", hash: String(sha256) });
    }
    return changed;
  }

  function findDiffering<T>(
    { table, document, columns, columnsOf, parse }: Table<T>,
    keyOf: (record: T) => string,
  ): readonly DifferingColumns[] {
    const differing: DifferingColumns[] = [];
    // The database compares: what it made of a text when it was written, it makes of it again.
    const same = columns.map((column) => `${column} IS ? AS ${column}`).join(", ");
    const compare = database.prepare(`SELECT ${same} FROM ${table} WHERE seq = ?`);
    const all = database.prepare(`SELECT seq, record FROM ${table} ORDER BY seq`);
    for (const { seq, record: text } of all.iterate()) {
      const record = parse(text);
      const answer = compare.get(...columnsOf(record), Number(seq));
      const wrong = columns.filter((column) => answer?.[column] !== 1);
      if (wrong.length > 0) differing.push({ document, record: keyOf(record), columns: wrong });
    }
    return differing;
  }

  return {
    examine: () =>
      read(() => ({
        kept: listTexts("SELECT hash AS text FROM kept"),
        ranked: listTexts("SELECT run_id AS text FROM runs WHERE routing IS NOT NULL"),
        changed: findChanged(),
        differing: [
          ...findDiffering(tables.runs, (run) => run.run_id),
          ...findDiffering(
            tables.logs,
            ({ run_id, task_id, attempt = 1 }) => `${run_id} ${task_id} attempt ${attempt}`,
          ),
          ...findDiffering(tables.approvals, (request) => request.approval_id),
          ...findDiffering(tables.events, (event) => event.event_id),
        ],
      })),
  };
}

/** Plans and policies are kept in the order that people gave them; their hash does not depend on it. */
