/** The use case behind `new`: adds to the documents that people edit, or changes nothing at all. */

import { join } from "node:path";

import { BadDocumentError, FaultsError, MissionError } from "../errors.ts";
import { REFERENCE_DOCUMENT_NAMES } from "../model/documents.ts";
import type { Fault } from "../model/fault.ts";
import type { Reference } from "../model/reference.ts";
import { findAllFaults } from "../planning/mission-faults.ts";
import type { Addition } from "../planning/new-records.ts";
import { whileEditing } from "../store/documents/editing.ts";
import { LARGEST_EDITED, readIfPresent, writeAtomically } from "../store/documents/files.ts";
import { insertInto } from "../store/documents/insert-text.ts";
import { readReference } from "../store/documents/read-reference.ts";
import { findSchemaFaults } from "./input-schema.ts";
import { requireWorkspace } from "./require-workspace.ts";

/** A mission is made step by step: that its plan or its KPIs are still to come is no reason to refuse. */
const TO_COME = new Set(["NO_PLAN", "NO_KPIS"]);

/**
 * Adds what is chosen from the documents as they are.
 *
 * @returns the files that were written, in that order.
 * @throws BadDocumentError, FaultsError when the documents cannot be read, or would have a fault that
 *   they do not have now; MissionError `NO_WORKSPACE`, `BUSY`; what `choose` throws. Then nothing was written.
 */
export async function addToDocuments(
  given: string,
  choose: (reference: Reference) => readonly Addition[],
): Promise<readonly string[]> {
  const folder = requireWorkspace(given);
  return whileEditing(folder, () => edit(folder, choose));
}

async function edit(
  folder: string,
  choose: (reference: Reference) => readonly Addition[],
): Promise<readonly string[]> {
  const before = readTexts(folder);
  const { reference, faults } = readReference(folder, before);
  if (faults.length > 0) throw new BadDocumentError(faults);
  const after = new Map<string, string>();
  for (const { document, ...insertion } of choose(reference)) {
    const file = `${document}.json`;
    after.set(file, insertInto(after.get(file) ?? before.get(file) ?? "", insertion));
  }
  const next = readReference(folder, new Map([...before, ...after]));
  if (next.faults.length > 0) throw new BadDocumentError(next.faults);
  await requireNoNewFaults(reference, next.reference);
  requireUnchanged(folder, before);
  for (const [file, text] of after) writeAtomically(join(folder, file), text);
  return [...after.keys()];
}

async function requireNoNewFaults(now: Reference, next: Reference): Promise<void> {
  const before = new Set((await findFaults(now)).map(nameFault));
  const faults = (await findFaults(next)).filter(
    (fault) => !before.has(nameFault(fault)) && !TO_COME.has(fault.code),
  );
  if (faults.length > 0) throw new FaultsError(faults);
}

/** Whoever names a runtime may hand it to the library. */
async function findFaults(reference: Reference): Promise<readonly Fault[]> {
  const across = findAllFaults(reference, () => true);
  return [...across, ...(await findSchemaFaults(reference.missions))];
}

/** What makes it the same fault. What would be right may change with what is added. */
function nameFault({ code, document, record, field, found }: Fault): string {
  return JSON.stringify([code, document, record, field, found]);
}

/** The texts by file; without those that are missing, which are faults. */
function readTexts(folder: string): ReadonlyMap<string, string> {
  return new Map(
    REFERENCE_DOCUMENT_NAMES.flatMap((name) => {
      const file = `${name}.json`;
      const text = readIfPresent(join(folder, file), { mostBytes: LARGEST_EDITED });
      return text === undefined ? [] : [[file, text] as const];
    }),
  );
}

function requireUnchanged(folder: string, before: ReadonlyMap<string, string>): void {
  const [changed] = [...readTexts(folder)].find(([file, text]) => before.get(file) !== text) ?? [];
  if (changed === undefined) return;
  const message = `${changed} was changed by somebody else just now. Nothing was written: try again.`;
  throw new MissionError("BUSY", message);
}
