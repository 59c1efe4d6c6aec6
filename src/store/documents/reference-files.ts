/** The documents that people edit, as they change; and the policy. */

import { statSync } from "node:fs";
import { join } from "node:path";

import { BadDocumentError, MissionError } from "../../errors.ts";
import { REFERENCE_DOCUMENTS } from "../../model/documents.ts";
import { SELDOM } from "../../model/lazily.ts";
import { type Policy, givenPolicySchema, policyOf, policySchema } from "../../model/policy.ts";
import type { Reference } from "../../model/reference.ts";
import { LARGEST_EDITED, readIfPresent } from "./files.ts";
import { describeIssues, findDeepField, parseJson } from "./json-text.ts";
import { readReference } from "./read-reference.ts";

/**
 * A reader of a folder's reference documents that reads again only what has changed.
 *
 * @throws BadDocumentError with every fault, when called on documents that cannot be read.
 */
export function createReferenceReader(folder: string): () => Reference {
  let last: { signature: string; reference: Reference } | undefined;
  return () => {
    const signature = Object.keys(REFERENCE_DOCUMENTS)
      .map((name) => fileSignature(join(folder, `${name}.json`)))
      .join();
    if (last?.signature === signature) return last.reference;
    const { reference, faults } = readReference(folder);
    if (faults.length > 0) throw new BadDocumentError(faults);
    last = { signature, reference };
    return reference;
  };
}

/**
 * Reads a policy file. Without `file`, the default policy.
 *
 * @throws MissionError `BAD_DOCUMENT`; `USAGE` when a file that was named does not exist.
 */
export function readPolicy(file: string, { required }: { required: boolean }): Policy {
  const text = readIfPresent(file, { mostBytes: LARGEST_EDITED });
  if (text === undefined) {
    if (required) throw new MissionError("USAGE", `There is no policy file ${file}.`);
    return policySchema.parse({}, SELDOM);
  }
  const parsed = parseJson(file, text);
  if ("faults" in parsed) throw new BadDocumentError(parsed.faults);
  const deep = findDeepField(file, "", parsed.value);
  if (deep !== undefined) throw new BadDocumentError([deep]);
  const checked = givenPolicySchema.safeParse(parsed.value, SELDOM);
  if (checked.success) return policyOf(checked.data);
  throw new BadDocumentError(
    describeIssues({ document: file, record: "", value: parsed.value }, checked.error),
    checked.error,
  );
}

/** Changes whenever a file is replaced or written; undefined when there is no file. */
export function fileSignature(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino}-${stat.mtimeMs}-${stat.size}`;
}
