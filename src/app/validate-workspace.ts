/** The use case behind `validate`: every fault that keeps missions from being run. */

import { createRuntimeLookup } from "../agents/runtimes.ts";
import { BadDocumentError } from "../errors.ts";
import type { Fault } from "../model/fault.ts";
import { findUnknownDirections } from "../planning/kpi-faults.ts";
import { findAllFaults } from "../planning/mission-faults.ts";
import { readReference } from "../store/documents/reference-files.ts";
import { findUnknownFields } from "../store/documents/unknown-fields.ts";
import { findSchemaFaults } from "./input-schema.ts";
import { readPolicyInForce, requireWorkspace } from "./workspace.ts";

export interface Validation {
  readonly folder: string;
  readonly faults: readonly Fault[];
  /** Fields that nothing reads: perhaps misspelt. */
  readonly warnings: readonly Fault[];
}

/** @throws MissionError `NO_WORKSPACE`, `USAGE` when there is no such policy file. */
export async function validateWorkspace(
  given: string,
  policyFile: string | undefined,
): Promise<Validation> {
  const folder = requireWorkspace(given);
  const reading = readReference(folder);
  const { hasRuntime } = createRuntimeLookup({});
  // Rules across documents would only complain about what could not be read.
  const across = reading.faults.length > 0 ? [] : findAllFaults(reading.reference, hasRuntime);
  return {
    folder,
    faults: [
      ...reading.faults,
      ...across,
      ...(await findSchemaFaults(reading.reference.missions)),
      ...policyFaults(folder, policyFile),
    ],
    warnings: [
      ...findUnknownFields(reading.reference),
      ...findUnknownDirections(reading.reference.kpis),
    ],
  };
}

function policyFaults(folder: string, policyFile: string | undefined): readonly Fault[] {
  try {
    readPolicyInForce(folder, policyFile);
    return [];
  } catch (error) {
    if (error instanceof BadDocumentError) return error.faults;
    throw error;
  }
}
