/** Reads the documents that people edit. */

import { join } from "node:path";

import type { z } from "zod";

import { REFERENCE_DOCUMENTS } from "../../model/documents.ts";
import { type Fault, aFault } from "../../model/fault.ts";
import type { Gap } from "../../model/gap.ts";
import type { Reference } from "../../model/reference.ts";
import { holdsSerialized } from "../../model/serialized.ts";
import { LARGEST_EDITED, readIfPresent } from "./files.ts";
import { type Checked, checkList, checkRecord, nameById, parseJson } from "./json-text.ts";
import { mendRecord } from "./mend-record.ts";

/** What the reference documents say, and every fault that keeps them from being read. */
export interface ReferenceReading {
  /** Without the documents that have faults. */
  readonly reference: Reference;
  /** With all that can be read of those as well. */
  readonly readable: Reference;
  /** What is missing in there. */
  readonly gaps: readonly Gap[];
  readonly faults: readonly Fault[];
}

/**
 * Reads all five reference documents of a folder.
 *
 * @param texts that are read instead of files, by their names.
 */
export function readReference(
  folder: string,
  texts: ReadonlyMap<string, string> = new Map(),
): ReferenceReading {
  const from = { folder, texts };
  const { business_missions, decomposed_mission_tasks, specialized_agents } = REFERENCE_DOCUMENTS;
  const { agent_capabilities_matrix, mission_kpis } = REFERENCE_DOCUMENTS;
  const missions = readDocument(from, "business_missions", business_missions);
  const plans = readDocument(from, "decomposed_mission_tasks", decomposed_mission_tasks);
  const agents = readDocument(from, "specialized_agents", specialized_agents);
  const capabilities = readDocument(from, "agent_capabilities_matrix", agent_capabilities_matrix);
  const kpis = readDocument(from, "mission_kpis", mission_kpis);
  const all = [missions, plans, agents, capabilities, kpis];
  return {
    reference: {
      missions: missions.records,
      plans: plans.records,
      agents: agents.records,
      capabilities: capabilities.records,
      kpis: kpis.records,
    },
    readable: {
      missions: missions.readable,
      plans: plans.readable,
      agents: agents.readable,
      capabilities: capabilities.readable,
      kpis: kpis.readable,
    },
    gaps: all.flatMap(({ gaps }) => gaps),
    faults: all.flatMap(({ faults }) => faults),
  };
}

interface DocumentReading<T> {
  readonly records: readonly T[];
  readonly readable: readonly T[];
  readonly gaps: readonly Gap[];
  readonly faults: readonly Fault[];
}

interface Source {
  readonly folder: string;
  readonly texts: ReadonlyMap<string, string>;
}

function readDocument<T>(
  from: Source,
  name: keyof typeof REFERENCE_DOCUMENTS,
  entry: { schema: z.ZodType<T>; key: readonly string[] },
): DocumentReading<T> {
  const document = `${name}.json`;
  const parsed = parseFile(from, document);
  const listed = "faults" in parsed ? parsed : checkList(document, parsed.value);
  if ("faults" in listed) {
    const gaps = [{ document, record: "", field: "" }];
    return { records: [], readable: [], gaps, faults: listed.faults };
  }
  const readings = listed.value.map((record, position) => {
    const checked = checkRecord(document, record, { ...entry, nameOf: nameById, position });
    if ("value" in checked) {
      const faults = findSerialized(document, record, nameById(record, { ...entry, position }));
      return { value: checked.value, gaps: [], faults };
    }
    const isDeep = checked.faults.some(({ code }) => code === "TOO_DEEP");
    return {
      ...mendRecord(isDeep ? undefined : record, { document, ...entry }),
      faults: checked.faults,
    };
  });
  const readable = readings.flatMap(({ value }) => value ?? []);
  const gaps = readings.flatMap((reading) => reading.gaps);
  const faults = readings.flatMap((reading) => reading.faults);
  return { records: gaps.length === 0 ? readable : [], readable, gaps, faults };
}

function parseFile({ folder, texts }: Source, document: string): Checked<unknown> {
  const text =
    texts.get(document) ?? readIfPresent(join(folder, document), { mostBytes: LARGEST_EDITED });
  if (text !== undefined) return parseJson(document, text);
  const missing = { found: "the file is missing", expected: `it in ${folder}` };
  const code = "MISSING_DOCUMENT";
  return { faults: [aFault({ code, document, record: "", field: "", ...missing })] };
}

/** Plans and what belongs to them get into the state of a run. */
function findSerialized(document: string, record: unknown, name: string): Fault[] {
  if (!holdsSerialized(record)) return [];
  return [
    aFault({
      code: "SERIALIZED_OBJECT",
      document,
      record: name,
      field: "",
      found: "an object in LangChain's serialized form (`lc` and `type`)",
      expected: "other names for its fields: checkpoints would read it as something else",
    }),
  ];
}
