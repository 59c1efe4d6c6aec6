/** The use case behind `validate`: every fault that keeps missions from being run. */

import { createRuntimeLookup } from "../agents/runtimes.ts";
import { BadDocumentError } from "../errors.ts";
import type { Fault } from "../model/fault.ts";
import {
  describeUnusable,
  findUnnamedRuntimes,
  findUnusedCapabilities,
} from "../planning/agent-faults.ts";
import { leaveOutFollowUps } from "../planning/follow-ups.ts";
import { findUnknownDirections } from "../planning/kpi-faults.ts";
import { findAllFaults } from "../planning/mission-faults.ts";
import { readReference } from "../store/documents/read-reference.ts";
import { findUnknownFields } from "../store/documents/unknown-fields.ts";
import { findSchemaFaults } from "./input-schema.ts";
import { createOpenKind } from "./open-kinds.ts";
import { requireWorkspace } from "./require-workspace.ts";
import { readPolicyInForce } from "./workspace.ts";

export interface Validation {
  readonly folder: string;
  readonly faults: readonly Fault[];
  /** What may not be meant: fields that nothing reads, agents that are simulated. */
  readonly warnings: readonly Fault[];
}

/**
 * @param options.reach whether agents are reached that the registry describes: their code is loaded, their servers asked.
 * @throws MissionError `NO_WORKSPACE`, `USAGE` when there is no such policy file.
 */
export async function validateWorkspace(
  given: string,
  policyFile: string | undefined,
  { reach = false }: { readonly reach?: boolean } = {},
): Promise<Validation> {
  const folder = requireWorkspace(given);
  const { readable, faults, gaps } = readReference(folder);
  const lookup = createRuntimeLookup(
    {},
    { openKind: createOpenKind(folder, () => readable.agents) },
  );
  const across = [
    ...findAllFaults(readable, lookup.hasRuntime),
    ...(await findSchemaFaults(readable.missions)),
    ...(await lookup.checkRuntimes(readable.agents, reach ? "reach" : "look")).map(
      describeUnusable,
    ),
    ...policyFaults(folder, policyFile),
  ];
  await lookup.close();
  return {
    folder,
    faults: [...faults, ...leaveOutFollowUps(across, gaps)],
    warnings: [
      ...findUnknownFields(readable),
      ...findUnknownDirections(readable.kpis),
      ...leaveOutFollowUps(
        [...findUnnamedRuntimes(readable.agents), ...findUnusedCapabilities(readable)],
        gaps,
      ),
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
