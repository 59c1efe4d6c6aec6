import { z } from "zod";

import { MissionError } from "../errors.ts";
import { type Json, jsonSchema } from "../model/primitives.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import { readIfPresent } from "../store/documents/files.ts";
import { findDeepField, parseJson } from "../store/documents/json-text.ts";

/** Longer than any inputs may be, however they are written. In bytes. */
const LONGEST_FILE = 1024 * 1024;

/**
 * The object of a JSON file.
 *
 * @param flag that names the file.
 * @throws MissionError `USAGE`; StoreFailedError when it cannot be read.
 */
export function readObjectFile(flag: string, file: string): Readonly<Record<string, Json>> {
  const text = readIfPresent(file, { mostBytes: LONGEST_FILE });
  if (text === undefined) throw new MissionError("USAGE", `${flag} ${file}: no such file.`);
  const parsed = parseJson(`${flag} ${file}`, text);
  if ("faults" in parsed) throw new MissionError("USAGE", parsed.faults[0]?.message ?? "");
  const deep = findDeepField(`${flag} ${file}`, "", parsed.value);
  if (deep !== undefined) throw new MissionError("USAGE", deep.message);
  const checked = z.record(z.string(), jsonSchema).safeParse(parsed.value);
  if (checked.success) return checked.data;
  const found = sayFirstIssue(checked.error, { value: parsed.value });
  throw new MissionError("USAGE", `${flag} ${file}: ${found}.`);
}
