/** Whether the database still says what was written: texts against their hashes, columns against their records. */

import { hashOfJson } from "../../model/canonical-json.ts";
import type { DifferingColumns, Examination } from "../../model/examination.ts";
import type { Session } from "../session.ts";
import { type Sql, type Statement, allOf, eachRow, sql, textOf } from "../sql.ts";
import type { Store } from "../store.ts";
import type { Table } from "../tables.ts";

const ALL_KEPT = sql("SELECT hash, record FROM kept");
const KEPT = sql("SELECT hash AS text FROM kept");
const OUTPUTS = sql("SELECT sha256 AS text FROM outputs");

export function createExaminationCommands(session: Session): Pick<Store, "examine"> {
  const { tables, hash, read } = session;

  function* findChanged(): Sql<Examination["changed"]> {
    const changed: Examination["changed"][number][] = [];
    // Plans and policies are kept in the order that people gave them; their hash does not depend on it.
    for (const { hash: name, record } of yield* ALL_KEPT.all()) {
      if (hashOfJson(String(record), hash) === name) continue;
      changed.push({ table: "kept", hash: String(name) });
    }
    yield* eachRow(allOf("outputs"), ({ sha256, record }) => {
      if (hash(String(record)) !== sha256) changed.push({ table: "outputs", hash: String(sha256) });
    });
    return changed;
  }

  function* hashRoutes(): Sql<Examination["ranked"]> {
    const ranked = new Map<string, string>();
    yield* eachRow(allOf("runs"), ({ run_id, routing }) => {
      if (typeof routing === "string") ranked.set(String(run_id), hash(routing));
    });
    return ranked;
  }

  return {
    examine: () =>
      read(function* examine() {
        return {
          kept: yield* listTexts(KEPT),
          outputs: yield* listTexts(OUTPUTS),
          ranked: yield* hashRoutes(),
          changed: yield* findChanged(),
          differing: [
            ...(yield* findDiffering(tables.runs, (run) => run.run_id)),
            ...(yield* findDiffering(
              tables.logs,
              ({ run_id, task_id, attempt = 1 }) => `${run_id} ${task_id} attempt ${attempt}`,
            )),
            ...(yield* findDiffering(tables.approvals, (request) => request.approval_id)),
            ...(yield* findDiffering(tables.events, (event) => event.event_id)),
          ],
        };
      }),
  };
}

function* listTexts(statement: Statement): Sql<ReadonlySet<string>> {
  return new Set((yield* statement.all()).map((row) => textOf(row, "text") ?? ""));
}

function* findDiffering<T>(
  { table, document, columns, columnsOf, parse }: Table<T>,
  keyOf: (record: T) => string,
): Sql<readonly DifferingColumns[]> {
  const differing: DifferingColumns[] = [];
  yield* eachRow(allOf(table), (row) => {
    const record = parse(row["record"]);
    const told = columnsOf(record);
    const wrong = columns.filter((column, place) => row[column] !== told[place]);
    if (wrong.length > 0) differing.push({ document, record: keyOf(record), columns: wrong });
  });
  return differing;
}
