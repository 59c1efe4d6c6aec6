import { MissionError } from "../errors.ts";
import { readIfPresent } from "../store/documents/files.ts";

/** Longer than any inputs may be, however they are written. In bytes. */
const LONGEST_FILE = 1024 * 1024;

/** The object of a JSON file. @throws MissionError `USAGE`; StoreFailedError when it cannot be read. */
export function readInputsFile(file: string): object {
  const text = readIfPresent(file, { mostBytes: LONGEST_FILE });
  if (text === undefined) throw new MissionError("USAGE", `--input-file ${file}: no such file.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MissionError("USAGE", `--input-file ${file} is no JSON: ${String(error)}.`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new MissionError("USAGE", `--input-file ${file} has no JSON object.`);
}
