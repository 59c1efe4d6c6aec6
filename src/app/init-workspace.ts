/** Makes a workspace. */

import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { MissionError, StoreFailedError } from "../errors.ts";
import { DEFAULT_POLICY } from "../model/default-policy.ts";
import { REFERENCE_DOCUMENT_NAMES } from "../model/documents.ts";
import { writeAtomically } from "../store/documents/files.ts";
import { editorFiles, schemaFile } from "./editor-files.ts";
import { MARK } from "./require-workspace.ts";

/** What a new workspace begins with: the sample with its history, that of claims, or nothing. */
export type Beginning = "sample" | "claims" | "empty";

/**
 * Makes a workspace in a folder that is missing or empty.
 *
 * @returns the files written; empty when the folder is a workspace already.
 * @throws MissionError `USAGE` when the folder holds something else.
 */
export function initWorkspace(
  folder: string,
  { from = "sample" }: { from?: Beginning } = {},
): readonly string[] {
  const path = resolve(folder);
  if (existsSync(join(path, MARK))) return [];
  if (existsSync(path) && (!statSync(path).isDirectory() || readdirSync(path).length > 0)) {
    throw new MissionError(
      "USAGE",
      `${path} is not empty, and nothing is ever overwritten. Name another folder.`,
    );
  }
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new StoreFailedError("make", path, error);
  }
  const documents = new Map([
    ...readBeginning(from),
    ...editorFiles(),
    ["policy.json", policyText()],
  ]);
  const names = [...documents.keys()];
  // The mark last: an interrupted copy is no workspace.
  for (const name of names.toSorted((a, b) => Number(a === MARK) - Number(b === MARK))) {
    writeAtomically(join(path, name), documents.get(name) ?? "");
  }
  return names;
}

function policyText(): string {
  const policy = { $schema: `./${schemaFile("policy")}`, ...DEFAULT_POLICY };
  return `${JSON.stringify(policy, null, 2)}\n`;
}

/** The documents of a new workspace by their names. */
function readBeginning(from: Beginning): ReadonlyMap<string, string> {
  if (from === "empty") {
    return new Map(REFERENCE_DOCUMENT_NAMES.map((name) => [`${name}.json`, "[]\n"]));
  }
  const folder = from === "claims" ? join(sampleFolder(), "claims") : sampleFolder();
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** `data/`, beside the sources and beside the built code alike. */
function sampleFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "data", MARK))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the sample data is missing from the package");
    folder = parent;
  }
  return join(folder, "data");
}
