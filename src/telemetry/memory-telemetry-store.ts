/** Telemetry in memory: for replays and tests. Nothing survives the process. */

import { BusyError, StoreFailedError } from "../errors.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Json } from "../model/primitives.ts";
import { type TableKeys, createRecordTable } from "./record-table.ts";
import { createOperations, readHistory } from "./store-operations.ts";
import { TABLE_KEYS, type Table } from "./tables.ts";
import type { TelemetryStore } from "./telemetry-store.ts";

/** What several stores may share, as processes share a folder. */
export interface TelemetryMemory {
  readonly tables: ReturnType<typeof createTables>;
  readonly reports: Map<string, string>;
  readonly outputs: Map<string, Json>;
  readonly locked: Set<string>;
}

export function createTelemetryMemory(): TelemetryMemory {
  return {
    tables: createTables(),
    reports: new Map(),
    outputs: new Map(),
    locked: new Set(),
  };
}

/** @param hash names an output by its content. */
export function createMemoryTelemetryStore({
  hash,
  memory = createTelemetryMemory(),
}: {
  hash: (text: string) => string;
  memory?: TelemetryMemory;
}): TelemetryStore {
  const { tables, reports, outputs, locked } = memory;
  return {
    ...createOperations(tables, { write: async (change) => change(), hash }),
    async saveReport(name, markdown) {
      reports.set(name, markdown);
      return name;
    },
    refreshBoard(since, make) {
      for (const snapshot of make(readHistory(tables), since).snapshots) {
        tables.snapshots.put(snapshot);
      }
    },
    async saveOutput(output) {
      const text = canonicalJson(output);
      const sha256 = hash(text);
      outputs.set(sha256, output);
      return { file: `${sha256}.json`, sha256, bytes: Buffer.byteLength(text) };
    },
    async loadOutput({ sha256 }) {
      const output = outputs.get(sha256);
      if (output === undefined) throw new StoreFailedError("read", sha256, new Error("it is gone"));
      return output;
    },
    async lockRun(runId) {
      if (locked.has(runId)) throw new BusyError(`${runId} is being worked on.`, { name: runId });
      locked.add(runId);
      return async () => {
        locked.delete(runId);
      };
    },
    async settle() {},
    async settleSoon() {},
    async close() {},
  };
}

function createTables() {
  return {
    runs: toTable(TABLE_KEYS.runs),
    approvals: toTable(TABLE_KEYS.approvals),
    logs: toTable(TABLE_KEYS.logs),
    risks: toTable(TABLE_KEYS.risks),
    stats: toTable(TABLE_KEYS.stats),
    snapshots: toTable(TABLE_KEYS.snapshots),
  };
}

function toTable<T>(keys: TableKeys<T>): Table<T> {
  const table = createRecordTable(keys);
  return {
    read: () => table.records,
    readBy: (indexed) => table.readBy(indexed),
    find: (key) => table.find(key),
    put(record) {
      table.put(record);
    },
  };
}
