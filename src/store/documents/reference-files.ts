/** Reads the documents that people edit. */

import { statSync } from "node:fs";
import { join } from "node:path";

import type { z } from "zod";

import { BadDocumentError, MissionError } from "../../errors.ts";
import { REFERENCE_DOCUMENTS } from "../../model/documents.ts";
import { type Fault, aFault } from "../../model/fault.ts";
import { DEFAULT_POLICY, type Policy, policySchema } from "../../model/policy.ts";
import type { Reference } from "../../model/reference.ts";
import { holdsSerialized } from "../../model/serialized.ts";
import { readIfPresent } from "./files.ts";
import { checkRecords, describeIssues, findDeepField, nameRecord, parseJson } from "./json-text.ts";

/** The longest file that people edit, in bytes: it is read whole. */
const LARGEST_REFERENCE = 256 * 1024 * 1024;

/** What the reference documents say, and every fault that keeps them from being read. */
export interface ReferenceReading {
  readonly reference: Reference;
  readonly faults: readonly Fault[];
}

/** Reads all five reference documents of a folder; what cannot be read is empty and a fault. */
export function readReference(folder: string): ReferenceReading {
  const faults: Fault[] = [];
  function read<T>(
    name: keyof typeof REFERENCE_DOCUMENTS,
    entry: { schema: z.ZodType<T>; key: readonly string[] },
  ): readonly T[] {
    const document = `${name}.json`;
    const text = readIfPresent(join(folder, document), { mostBytes: LARGEST_REFERENCE });
    if (text === undefined) {
      const missing = { found: "the file is missing", expected: `it in ${folder}` };
      faults.push(
        aFault({ code: "MISSING_DOCUMENT", document, record: "", field: "", ...missing }),
      );
      return [];
    }
    const parsed = parseJson(document, text);
    const checked = "faults" in parsed ? parsed : checkRecords(document, parsed.value, entry);
    const found =
      "value" in checked ? findSerialized(document, checked.value, entry) : checked.faults;
    faults.push(...found);
    return "value" in checked ? checked.value : [];
  }
  const documents = REFERENCE_DOCUMENTS;
  const reference = {
    missions: read("business_missions", documents.business_missions),
    plans: read("decomposed_mission_tasks", documents.decomposed_mission_tasks),
    agents: read("specialized_agents", documents.specialized_agents),
    capabilities: read("agent_capabilities_matrix", documents.agent_capabilities_matrix),
    kpis: read("mission_kpis", documents.mission_kpis),
  };
  return { reference, faults };
}

/** Plans and what belongs to them get into the state of a run. */
function findSerialized(
  document: string,
  records: readonly unknown[],
  { key }: { key: readonly string[] },
): Fault[] {
  return records.flatMap((record, position) =>
    holdsSerialized(record)
      ? aFault({
          code: "SERIALIZED_OBJECT",
          document,
          record: nameRecord(record, { key, position }),
          field: "",
          found: "an object in LangChain's serialized form (`lc` and `type`)",
          expected: "other names for its fields: checkpoints would read it as something else",
        })
      : [],
  );
}

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
  const text = readIfPresent(file, { mostBytes: LARGEST_REFERENCE });
  if (text === undefined) {
    if (required) throw new MissionError("USAGE", `There is no policy file ${file}.`);
    return DEFAULT_POLICY;
  }
  const parsed = parseJson(file, text);
  if ("faults" in parsed) throw new BadDocumentError(parsed.faults);
  const deep = findDeepField(file, "", parsed.value);
  if (deep !== undefined) throw new BadDocumentError([deep]);
  const checked = policySchema.safeParse(parsed.value);
  if (checked.success) return checked.data;
  throw new BadDocumentError(describeIssues(file, "", checked.error), checked.error);
}

/** Changes whenever a file is replaced or written; undefined when there is no file. */
export function fileSignature(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino}-${stat.mtimeMs}-${stat.size}`;
}
