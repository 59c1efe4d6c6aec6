/** A workspace opened for reading and deciding; running needs LangGraph on top (open-mission-control.ts). */

import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { BadDocumentError, MissionError, StoreFailedError } from "../errors.ts";
import { defineKpis } from "../kpi/define-kpis.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { DEFAULT_POLICY, type Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import { findRuleFaults } from "../risk/policy-faults.ts";
import { writeAtomically } from "../telemetry/files.ts";
import { createJsonTelemetryStore } from "../telemetry/json-telemetry-store.ts";
import { createReferenceReader, readPolicy, readReference } from "../telemetry/reference-files.ts";
import type { TelemetryStore } from "../telemetry/telemetry-store.ts";

/** The document that makes a folder a workspace. */
const MARK = "business_missions.json";

export interface Workspace {
  readonly folder: string;
  readonly store: TelemetryStore;
  readonly policy: Policy;
  /** The reference documents as they are now. @throws BadDocumentError */
  readonly reference: () => Reference;
}

/**
 * @param store a folder, or a store made elsewhere; default is the workspace's own folder.
 * @throws MissionError `NO_WORKSPACE`, `BAD_DOCUMENT`, `USAGE`.
 */
export function openWorkspace({
  folder,
  store,
  policy,
}: {
  folder: string;
  store?: string | TelemetryStore | undefined;
  policy?: Policy | undefined;
}): Workspace {
  const path = requireWorkspace(folder);
  return {
    folder: path,
    store: openStore(store ?? path),
    policy: requireSoundRules(
      policy ?? readPolicy(join(path, "policy.json"), { required: false }),
      path,
    ),
    reference: createReferenceReader(path),
  };
}

/** The folder's full path. @throws MissionError `NO_WORKSPACE` when it is not a workspace. */
export function requireWorkspace(folder: string): string {
  const path = resolve(folder);
  if (existsSync(join(path, MARK))) return path;
  const how = `\`mission-control init ${folder}\` makes one from the sample.`;
  throw new MissionError("NO_WORKSPACE", `There is no workspace in ${path}. ${how}`);
}

/**
 * Copies the sample into a folder that is missing or empty.
 *
 * @returns the files written; empty when the folder is a workspace already.
 * @throws MissionError `USAGE` when the folder holds something else.
 */
export function initWorkspace(folder: string): readonly string[] {
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
  const sample = sampleFolder();
  const names = readdirSync(sample).filter((name) => name.endsWith(".json"));
  // The mark last: an interrupted copy is no workspace.
  for (const name of names.toSorted((a, b) => Number(a === MARK) - Number(b === MARK))) {
    writeAtomically(join(path, name), readFileSync(join(sample, name), "utf8"));
  }
  writeAtomically(join(path, "policy.json"), `${JSON.stringify(DEFAULT_POLICY, null, 2)}\n`);
  return names;
}

/** @throws BadDocumentError with every fault of the policy's risk rules. */
export function requireSoundRules(policy: Policy, folder: string): Policy {
  // The usual case costs nothing: the rules that ship are sound.
  if (canonicalJson(policy.risk) === canonicalJson(DEFAULT_POLICY.risk)) return policy;
  const { reference } = readReference(folder);
  const kpis = new Set(
    reference.kpis
      .flatMap((document) => defineKpis(document.kpis))
      .map((definition) => definition.kpi),
  );
  const faults = findRuleFaults(policy.risk.rules, { kpis, document: "policy.json" });
  if (faults.length > 0) throw new BadDocumentError(faults);
  return policy;
}

function openStore(store: string | TelemetryStore): TelemetryStore {
  if (typeof store !== "string") return store;
  const scheme = /^([a-z][a-z0-9+]+):/i.exec(store)?.[1];
  if (scheme !== undefined && scheme !== "file") {
    throw new MissionError("USAGE", `Unknown store "${store}": name a folder or a file: URL.`);
  }
  const folder = scheme === "file" ? fileURLToPath(store) : resolve(store);
  return createJsonTelemetryStore({ folder });
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
