/** Takes runs back from an archive: those that are not here, as they had left. */

import { basename } from "node:path";

import { BadDocumentError } from "../errors.ts";
import { type Fault, aFault } from "../model/fault.ts";
import { groupBy } from "../model/order.ts";
import { sealOf } from "../model/outbox-chain.ts";
import type { RunRecord } from "../model/run-record.ts";
import { ARCHIVED, requireSums } from "../store/documents/archive-files.ts";
import { listRecords } from "../store/documents/import-documents.ts";
import type { ImportedRecord, Store } from "../store/store.ts";
import { sha256 } from "./system.ts";

/**
 * Whatever became of a run that is here counts; so does another archive that it has left for since.
 *
 * @returns how many records were taken.
 * @throws BadDocumentError where the archive is not what was written; then nothing was changed. StoreFailedError.
 */
export async function importArchive(folder: string, store: Store): Promise<number> {
  requireSums(folder);
  const runs = groupBy([...listRecords(folder, ARCHIVED)], runOf);
  const left = await store.findArchived([...runs.keys()]);
  const taken: ImportedRecord[] = [];
  const faults: Fault[] = [];
  for (const [runId, records] of runs) {
    if ((await store.findRun(runId)) !== undefined) continue;
    const archived = left.get(runId);
    // Of another workspace nothing is known but its checksums.
    if (archived === undefined || sealOf(wholeOf(records), sha256) === archived.seal) {
      taken.push(...records);
    } else if (archived.archive === basename(folder)) faults.push(changed(runId));
  }
  if (faults.length > 0) throw new BadDocumentError(faults);
  await store.importRecords(inOrder(taken), { isOlder: true });
  return taken.length;
}

function runOf({ record }: ImportedRecord): string {
  return "run_id" in record ? String(record.run_id) : "";
}

/** Document by document, as they were written. */
function inOrder(records: readonly ImportedRecord[]): readonly ImportedRecord[] {
  return ARCHIVED.flatMap((name) => records.filter(({ document }) => document === name));
}

type Whole = Pick<RunRecord, "run" | "rows" | "requests" | "events">;

/** What was sealed. The records have passed the schemas of their documents. */
function wholeOf(records: readonly ImportedRecord[]): Readonly<Record<keyof Whole, unknown>> {
  const of = (name: ImportedRecord["document"]) =>
    records.flatMap(({ document, record }) => (document === name ? [record] : []));
  const [run] = of("mission_runs");
  return {
    run,
    rows: of("task_execution_logs"),
    requests: of("approval_requests"),
    events: of("mission_risk_events"),
  };
}

function changed(runId: string): Fault {
  return aFault({
    code: "WRONG_DOCUMENT",
    document: "the archive",
    record: runId,
    field: "",
    found: "not what had left",
    expected: "the run as it was archived: nothing was taken back",
  });
}
