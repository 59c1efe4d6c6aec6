/** A workspace: the folder of documents that people edit, and what of them is in force. */

import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { z } from "zod";

import { BadDocumentError, MissionError, StoreFailedError } from "../errors.ts";
import { defineKpis } from "../kpi/define-kpis.ts";
import { REFERENCE_DOCUMENT_NAMES } from "../model/documents.ts";
import { isEqual } from "../model/is-equal.ts";
import { DEFAULT_POLICY, type Policy, policySchema } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import { findRuleFaults } from "../risk/policy-faults.ts";
import { writeAtomically } from "../store/documents/files.ts";
import { describeIssues } from "../store/documents/json-text.ts";
import { readReference } from "../store/documents/read-reference.ts";
import {
  createReferenceReader,
  fileSignature,
  readPolicy,
} from "../store/documents/reference-files.ts";

/** The document that makes a folder a workspace. */
const MARK = "business_missions.json";
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

/** The folder's full path. @throws MissionError `NO_WORKSPACE` when it is not a workspace. */
export function requireWorkspace(folder: string): string {
  const path = resolve(folder);
  if (existsSync(join(path, MARK))) return path;
  const how = `\`mission-control init ${folder}\` makes one from the sample.`;
  throw new MissionError("NO_WORKSPACE", `There is no workspace in ${path}. ${how}`);
}

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
  const documents = readBeginning(from);
  const names = [...documents.keys()];
  // The mark last: an interrupted copy is no workspace.
  for (const name of names.toSorted((a, b) => Number(a === MARK) - Number(b === MARK))) {
    writeAtomically(join(path, name), documents.get(name) ?? "");
  }
  writeAtomically(join(path, "policy.json"), `${JSON.stringify(DEFAULT_POLICY, null, 2)}\n`);
  return names;
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

/** @throws BadDocumentError */
export function parsePolicy(policy: z.input<typeof policySchema> | undefined): Policy | undefined {
  if (policy === undefined) return undefined;
  const parsed = policySchema.safeParse(policy);
  if (parsed.success) return parsed.data;
  throw new BadDocumentError(
    describeIssues({ document: "policy", record: "", value: policy }, parsed.error),
    parsed.error,
  );
}

/** @throws BadDocumentError with every fault of the policy's risk rules. */
export function requireSoundRules(policy: Policy, folder: string): Policy {
  // The usual case costs nothing: the rules that ship are sound.
  if (isEqual(policy.risk, DEFAULT_POLICY.risk)) return policy;
  const { readable } = readReference(folder);
  const kpis = new Set(
    readable.kpis.flatMap((document) => defineKpis(document)).map((definition) => definition.kpi),
  );
  const faults = findRuleFaults(policy.risk.rules, { kpis, document: "policy.json" });
  if (faults.length > 0) throw new BadDocumentError(faults);
  return policy;
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
