import { createRuntimeLookup } from "../../agents/runtimes.ts";
import { requireWorkspace } from "../../app/workspace.ts";
import { MissionError } from "../../errors.ts";
import type { Fault } from "../../model/fault.ts";
import { findAllFaults } from "../../planning/mission-faults.ts";
import { readReference } from "../../store/documents/reference-files.ts";
import { findUnknownFields } from "../../store/documents/unknown-fields.ts";
import type { CommandContext } from "../context.ts";

export async function validate(context: CommandContext): Promise<number> {
  const folder = requireWorkspace(context.folder);
  const reading = readReference(folder);
  const { hasRuntime } = createRuntimeLookup({});
  // Rules across documents would only complain about what could not be read.
  const across = reading.faults.length > 0 ? [] : findAllFaults(reading.reference, hasRuntime);
  const faults = [...reading.faults, ...across, ...policyFaults(context)];
  const warnings = findUnknownFields(reading.reference);
  context.print({ faults, warnings }, () =>
    [
      ...faults.map((fault) => `${fault.code}: ${fault.message}`),
      ...warnings.map((warning) => `warning: ${warning.message}`),
      faults.length === 0 ? `${folder}: no faults.` : `${faults.length} faults.`,
    ].join("\n"),
  );
  return faults.length === 0 ? 0 : 2;
}

function policyFaults(context: CommandContext): readonly Fault[] {
  try {
    context.openWorkspace();
    return [];
  } catch (error) {
    const faults = error instanceof MissionError ? error.details["faults"] : undefined;
    if (!Array.isArray(faults)) throw error;
    return faults;
  }
}
