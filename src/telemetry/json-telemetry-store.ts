/** Telemetry as the specification's JSON documents in a folder. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { StoreFailedError } from "../errors.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { TELEMETRY_DOCUMENTS } from "../model/documents.ts";
import { jsonSchema } from "../model/primitives.ts";
import { createBoard } from "./board.ts";
import { readIfPresent, writeAtomically } from "./files.ts";
import { type Journal, createJournal } from "./journal.ts";
import { createJsonDocument } from "./json-document.ts";
import { parseJson } from "./json-text.ts";
import { createOperations, readHistory } from "./store-operations.ts";
import { TABLE_KEYS } from "./tables.ts";
import type { TelemetryStore } from "./telemetry-store.ts";
import { createWorkspaceLock } from "./workspace-lock.ts";
import { createWriteQueue } from "./write-queue.ts";

/** Opens the telemetry of a folder; makes nothing until something is written. */
export function createJsonTelemetryStore({ folder }: { folder: string }): TelemetryStore {
  const internal = join(folder, ".mission-control");
  const lock = createWorkspaceLock(internal);
  const journal = createJournal(join(internal, "journal.jsonl"));
  const documents = openDocuments(folder, journal);
  const board = createBoard({
    path: join(folder, "reports", "portfolio.md"),
    readHistory: () => readHistory(documents),
    put: (snapshot) => documents.snapshots.put(snapshot),
  });
  const { write, settle, settleSoon } = createWriteQueue({
    exclusively: lock.exclusively,
    documents: Object.values(documents),
    board,
    journal,
  });

  return {
    ...createOperations(documents, { write, atOnce: journal.holding, hash: sha256 }),
    saveReport: async (name, markdown) => {
      const path = join(folder, "reports", `${name}.md`);
      writeAtomically(path, markdown);
      return path;
    },
    refreshBoard: board.refresh,
    saveOutput: async (output) => {
      const text = canonicalJson(output);
      const name = sha256(text);
      const file = `${name}.json`;
      const path = join(folder, "outputs", file);
      if (!existsSync(path)) writeAtomically(path, text);
      return { file, sha256: name, bytes: Buffer.byteLength(text) };
    },
    loadOutput: async ({ sha256: expected }) => {
      // The name is made from the hash, never taken from the reference.
      const name = `${Buffer.from(expected, "hex").toString("hex")}.json`;
      const path = join(folder, "outputs", name);
      const text = readIfPresent(path);
      if (text === undefined || sha256(text) !== expected) {
        const why = new Error(text === undefined ? "it is gone" : "it was changed");
        throw new StoreFailedError("read", path, why);
      }
      const parsed = parseJson(name, text);
      return jsonSchema.parse("value" in parsed ? parsed.value : undefined);
    },

    lockRun: lock.lease,
    settle,
    settleSoon,
    async close() {
      // A store that was only read from makes nothing, locks included.
      if (journal.read().id !== undefined || board.isWanted()) await settle();
      await lock.close();
    },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The JSON document behind each table. */
const DOCUMENTS = {
  runs: "mission_runs",
  approvals: "approval_requests",
  logs: "task_execution_logs",
  risks: "mission_risk_events",
  stats: "agent_performance_stats",
  snapshots: "mission_portfolio_snapshot",
} as const;

function openDocuments(folder: string, journal: Journal) {
  const of = (table: keyof typeof DOCUMENTS) => ({ folder, name: DOCUMENTS[table], journal });
  const entry = TELEMETRY_DOCUMENTS;
  const keys = TABLE_KEYS;
  return {
    runs: createJsonDocument(of("runs"), entry.mission_runs, keys.runs),
    approvals: createJsonDocument(of("approvals"), entry.approval_requests, keys.approvals),
    logs: createJsonDocument(of("logs"), entry.task_execution_logs, keys.logs),
    risks: createJsonDocument(of("risks"), entry.mission_risk_events, keys.risks),
    stats: createJsonDocument(of("stats"), entry.agent_performance_stats, keys.stats),
    snapshots: createJsonDocument(
      of("snapshots"),
      entry.mission_portfolio_snapshot,
      keys.snapshots,
    ),
  };
}
