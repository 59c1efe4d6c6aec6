/** A workspace: the folder of documents that people edit, and what of them is in force. */

import { join } from "node:path";

import { BadDocumentError } from "../errors.ts";
import { defineKpis } from "../kpi/define-kpis.ts";
import { isEqual } from "../model/is-equal.ts";
import { SELDOM } from "../model/lazily.ts";
import { type GivenPolicy, type Policy, givenPolicySchema, policyOf } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import { DEFAULT_RISK_RULES } from "../model/risk-rules.ts";
import { findRuleFaults } from "../risk/policy-faults.ts";
import { describeIssues } from "../store/documents/json-text.ts";
import { readReference } from "../store/documents/read-reference.ts";
import {
  createReferenceReader,
  fileSignature,
  readPolicy,
} from "../store/documents/reference-files.ts";
import { requireWorkspace } from "./require-workspace.ts";

/** How long documents are taken to be unchanged, in milliseconds. */
const LOOK_AFTER_MS = 1000;

export interface Workspace {
  readonly folder: string;
  /** The reference documents as they are now, within a second. @throws BadDocumentError */
  readonly reference: () => Reference;
  /** The policy in force, within a second. @throws BadDocumentError */
  readonly policy: () => Policy;
  /** Has the documents looked at again when they are next asked for. */
  readonly lookAgain: () => void;
}

/**
 * @param policy in force instead of the workspace's own: a policy, or the path of one.
 * @throws MissionError `NO_WORKSPACE`, `BAD_DOCUMENT`, `USAGE`.
 */
export function openWorkspace({
  folder,
  policy,
}: {
  folder: string;
  policy?: Policy | string | undefined;
}): Workspace {
  const path = requireWorkspace(folder);
  const readReferenceOf = remember(createReferenceReader(path));
  const readPolicyOf = remember(createPolicyReader(path, policy));
  readPolicyOf.read();
  return {
    folder: path,
    reference: readReferenceOf.read,
    policy: readPolicyOf.read,
    lookAgain() {
      readReferenceOf.lookAgain();
      readPolicyOf.lookAgain();
    },
  };
}

/**
 * The policy that is in force, without opening anything else.
 *
 * @param file instead of the workspace's own.
 * @throws MissionError `USAGE` when there is no such file; BadDocumentError.
 */
export function readPolicyInForce(folder: string, file: string | undefined): Policy {
  return createPolicyReader(folder, file)();
}

/** Asks once a second at most. */
function remember<T>(read: () => T): { readonly read: () => T; readonly lookAgain: () => void } {
  let last: { readonly value: T; readonly at: number } | undefined;
  return {
    read() {
      const now = performance.now();
      if (last === undefined || now - last.at > LOOK_AFTER_MS) last = { value: read(), at: now };
      return last.value;
    },
    lookAgain() {
      last = undefined;
    },
  };
}

function createPolicyReader(folder: string, policy: Policy | string | undefined): () => Policy {
  if (typeof policy === "object") {
    const sound = requireSoundRules(policy, folder);
    return () => sound;
  }
  const file = policy ?? join(folder, "policy.json");
  let last: { readonly signature: string | undefined; readonly policy: Policy } | undefined;
  return () => {
    const signature = fileSignature(file);
    if (last === undefined || last.signature !== signature) {
      const read = readPolicy(file, { required: policy !== undefined });
      last = { signature, policy: requireSoundRules(read, folder) };
    }
    return last.policy;
  };
}

/** @throws BadDocumentError */
export function parsePolicy(policy: GivenPolicy | undefined): Policy | undefined {
  if (policy === undefined) return undefined;
  const parsed = givenPolicySchema.safeParse(policy, SELDOM);
  if (parsed.success) return policyOf(parsed.data);
  throw new BadDocumentError(
    describeIssues({ document: "policy", record: "", value: policy }, parsed.error),
    parsed.error,
  );
}

/** @throws BadDocumentError with every fault of the policy's risk rules. */
export function requireSoundRules(policy: Policy, folder: string): Policy {
  // The usual case costs nothing: the rules that ship are sound.
  if (isEqual(policy.risk.rules, DEFAULT_RISK_RULES)) return policy;
  const { readable } = readReference(folder);
  const kpis = new Set(
    readable.kpis.flatMap((document) => defineKpis(document)).map((definition) => definition.kpi),
  );
  const faults = findRuleFaults(policy.risk.rules, { kpis, document: "policy.json" });
  if (faults.length > 0) throw new BadDocumentError(faults);
  return policy;
}
