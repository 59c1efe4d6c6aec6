/** Reads a document of records one by one: a long history is in memory only once, as records. */

import type { z } from "zod";

import { BadDocumentError, MissionError, StoreFailedError } from "../../errors.ts";
import { type Fault, aFault } from "../../model/fault.ts";
import { isMissing, readIfPresent } from "./files.ts";
import { checkRecord, checkRecords, parseJson } from "./json-text.ts";
import { listItems } from "./list-items.ts";

/**
 * The records of a file, none when there is no file.
 *
 * @throws BadDocumentError with every fault, after the last good record; StoreFailedError.
 */
export function* readRecords<T extends object>(
  path: string,
  document: string,
  entry: { schema: z.ZodType<T>; key: readonly string[] },
): Generator<T, void> {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  let position = 0;
  try {
    for (const text of listItems(path)) {
      const checked = checkRecord(document, JSON.parse(text), { ...entry, position });
      position += 1;
      if ("faults" in checked) {
        faults.push(...checked.faults);
        continue;
      }
      const id = keyOf(checked.value, entry.key);
      if (seen.has(id)) faults.push(isThere(document, `record ${position} (${id})`));
      else yield checked.value;
      seen.add(id);
    }
  } catch (error) {
    if (isMissing(error)) return;
    if (error instanceof MissionError) throw error;
    if (!(error instanceof SyntaxError)) throw new StoreFailedError("read", path, error);
    throw new BadDocumentError(findFaults(path, document, entry));
  }
  if (faults.length > 0) throw new BadDocumentError(faults);
}

/** What a key's field means where it is absent. */
const ABSENT = new Map([
  ["attempt", "1"],
  ["period", "day"],
]);

function keyOf(record: object, key: readonly string[]): string {
  const fields = new Map<string, unknown>(Object.entries(record));
  const parts = key.map((field) => fields.get(field) ?? ABSENT.get(field));
  return parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");
}

/** Of two records with one key nobody knows which is meant. */
function isThere(document: string, record: string): Fault {
  const found = "the same key as a record before it";
  const code = "DUPLICATE_RECORD";
  return aFault({ code, document, record, field: "", found, expected: "each key once" });
}

/** What is wrong with a whole text, with line and column. */
function findFaults<T>(
  path: string,
  document: string,
  entry: { schema: z.ZodType<T>; key: readonly string[] },
): readonly Fault[] {
  const parsed = parseJson(document, readIfPresent(path) ?? "[]");
  const checked = "faults" in parsed ? parsed : checkRecords(document, parsed.value, entry);
  return "faults" in checked ? checked.faults : [];
}
