/** From a document's text to checked records, with errors that say where. */

import { createRequire } from "node:module";

import type * as JsoncParser from "jsonc-parser";
import type { z } from "zod";

import { type Fault, aFault } from "../../model/fault.ts";
import { MOST_RECORD_LEVELS, isNestedDeeper } from "../../model/nesting.ts";
import { sayIssues } from "../../model/say-issue.ts";
import { sayFound } from "../../model/say-place.ts";

export type Checked<T> = { readonly value: T } | { readonly faults: readonly Fault[] };

/** Reads JSON text; a mistake is reported with its line and column. */
export function parseJson(document: string, text: string): Checked<unknown> {
  const withoutMark = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    const value: unknown = JSON.parse(withoutMark);
    return { value };
  } catch {
    return { faults: [describeSyntaxError(document, withoutMark)] };
  }
}

/**
 * Checks a list of records against their schema, one fault per wrong field.
 *
 * `nameOf` tells how a record is called in messages.
 */
export function checkRecords<T>(
  document: string,
  value: unknown,
  { schema, key }: { schema: z.ZodType<T>; key: readonly string[] },
): Checked<T[]> {
  const listed = checkList(document, value);
  if ("faults" in listed) return listed;
  const records: T[] = [];
  const faults: Fault[] = [];
  for (const [position, record] of listed.value.entries()) {
    const checked = checkRecord(document, record, { schema, key, position });
    if ("faults" in checked) faults.push(...checked.faults);
    else records.push(checked.value);
  }
  return faults.length > 0 ? { faults } : { value: records };
}

/** Checks that a document is a list. */
export function checkList(document: string, value: unknown): Checked<readonly unknown[]> {
  if (Array.isArray(value)) return { value };
  const found = `found ${sayFound(value)}`;
  const where = { document, record: "", field: "" };
  return { faults: [aFault({ code: "WRONG_TYPE", ...where, found, expected: "a list" })] };
}

interface RecordPlace {
  readonly key: readonly string[];
  readonly position: number;
}

/**
 * Checks the record at a position of its document.
 *
 * @param nameOf how it is called in messages; by position and id when absent.
 */
export function checkRecord<T>(
  document: string,
  record: unknown,
  {
    schema,
    nameOf = nameRecord,
    ...place
  }: RecordPlace & { schema: z.ZodType<T>; nameOf?: typeof nameRecord },
): Checked<T> {
  const name = nameOf(record, place);
  const deep = findDeepField(document, name, record);
  if (deep !== undefined) return { faults: [deep] };
  const checked = schema.safeParse(record);
  if (checked.success) return { value: checked.data };
  return { faults: describeIssues({ document, record: name, value: record }, checked.error) };
}

/** The fault of a record that is nested too deep to be worked with; undefined when it is not. */
export function findDeepField(document: string, record: string, value: unknown): Fault | undefined {
  if (!isNestedDeeper(value, MOST_RECORD_LEVELS)) return undefined;
  const fields: [string, unknown][] = Object.entries(Object(value));
  const deepest = fields.find(([, field]) => isNestedDeeper(field, MOST_RECORD_LEVELS - 1));
  return aFault({
    code: "TOO_DEEP",
    document,
    record,
    field: deepest?.[0].slice(0, 100) ?? "",
    found: `lists and objects more than ${MOST_RECORD_LEVELS} levels deep`,
    expected: "fewer levels",
  });
}

/** One fault per issue that a schema has with a value. */
export function describeIssues(
  { document, record, value }: { document: string; record: string; value: unknown },
  error: z.ZodError,
): Fault[] {
  return sayIssues(error, value).map(({ field, found, expected }) =>
    aFault({
      code: "WRONG_FIELD",
      document,
      record,
      field,
      found: `found ${found}`,
      expected,
    }),
  );
}

/** How a record is called among many: where it is, and its id. */
function nameRecord(record: unknown, { key, position }: RecordPlace): string {
  const place = `record ${position + 1}`;
  const name = idOf(record, key);
  return name === "" ? place : `${place} (${name})`;
}

/** How a record is called that people know by its id. */
export function nameById(record: unknown, place: RecordPlace): string {
  return idOf(record, place.key) || nameRecord(record, place);
}

function idOf(record: unknown, key: readonly string[]): string {
  const fields = new Map(Object.entries(Object(record)));
  const names = key.map((field) => fields.get(field)).filter((part) => typeof part === "string");
  return names.join(" ").slice(0, 100);
}

function describeSyntaxError(document: string, text: string): Fault {
  // Loaded for the one document in many that has a mistake: it keeps 400 KB.
  const parser: typeof JsoncParser = createRequire(import.meta.url)("jsonc-parser");
  const [first] = findSyntaxErrors(text, parser);
  const offset = first?.offset ?? text.length;
  const before = text.slice(0, offset).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const what =
    first === undefined
      ? "not JSON"
      : parser
          .printParseErrorCode(first.error)
          .replace(/([a-z])([A-Z])/g, "$1 $2")
          .toLowerCase();
  return aFault({
    code: "MALFORMED_JSON",
    document,
    record: "",
    field: "",
    found: `not JSON at line ${line}, column ${column} (${what})`,
    expected: "valid JSON; the file may be half-written or edited by hand",
  });
}

function findSyntaxErrors(
  text: string,
  { parse }: typeof JsoncParser,
): readonly JsoncParser.ParseError[] {
  const errors: JsoncParser.ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    // Nested so deep that the stack ends: what was found up to there is all there is.
    if (!(error instanceof RangeError)) throw error;
  }
  return errors;
}
