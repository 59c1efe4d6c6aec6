/** Writes reference documents into a folder, with no history. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Reference } from "../../src/model/reference.ts";

const FILES = {
  business_missions: "missions",
  decomposed_mission_tasks: "plans",
  specialized_agents: "agents",
  agent_capabilities_matrix: "capabilities",
  mission_kpis: "kpis",
} as const;

export function writeWorkspace(folder: string, reference: Reference): void {
  mkdirSync(folder, { recursive: true });
  const records = new Map<string, unknown>(Object.entries(reference));
  for (const [name, key] of Object.entries(FILES)) writeDocument(folder, name, records.get(key));
}

export function writeDocument(folder: string, name: string, records: unknown): void {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(records, null, 2));
}
