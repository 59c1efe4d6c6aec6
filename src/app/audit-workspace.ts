/** The use case behind `audit`: reads the documents as they are, broken records and all. */

import { join } from "node:path";

import type { z } from "zod";

import { type Audit, auditBooks } from "../audit/audit-books.ts";
import { type Finding, aFinding } from "../audit/finding.ts";
import type { AgentStats } from "../model/agent-performance-stats.ts";
import { TELEMETRY_DOCUMENTS } from "../model/documents.ts";
import type { History } from "../model/history.ts";
import { readIfPresent, writeAtomically } from "../telemetry/files.ts";
import { checkRecords, parseJson } from "../telemetry/json-text.ts";
import { readReference } from "../telemetry/reference-files.ts";
import { sha256 } from "./system.ts";
import type { Workspace } from "./workspace.ts";

/** Where `fix` has written the recomputed documents. */
export interface AuditResult extends Audit {
  readonly written: readonly string[];
}

/**
 * @param fix also write recomputed derived documents, next to the old ones and never over them.
 * @throws MissionError `STORE_FAILED`.
 */
export async function auditWorkspace(
  { folder, policy }: Pick<Workspace, "folder" | "policy">,
  { fix }: { fix: boolean },
): Promise<AuditResult> {
  const found: Finding[] = [];
  const read = <T>(
    name: keyof typeof TELEMETRY_DOCUMENTS,
    entry: { schema: z.ZodType<T>; key: readonly string[] },
  ) => readRecords(folder, name, entry, found);
  const documents = TELEMETRY_DOCUMENTS;
  const history: History = {
    runs: read("mission_runs", documents.mission_runs),
    rows: read("task_execution_logs", documents.task_execution_logs),
    events: read("mission_risk_events", documents.mission_risk_events),
    requests: read("approval_requests", documents.approval_requests),
    snapshots: read("mission_portfolio_snapshot", documents.mission_portfolio_snapshot),
  };
  const stats: readonly AgentStats[] = read(
    "agent_performance_stats",
    documents.agent_performance_stats,
  );
  const { reference, faults } = readReference(folder);
  found.push(
    ...faults.map(({ document, record, field, message }) => ({
      code: "BAD_REFERENCE_DOCUMENT",
      severity: "error" as const,
      document,
      record,
      field,
      message,
    })),
  );
  const { audit, derived } = auditBooks(
    { history, stats },
    { reference, policy, hash: sha256, found },
  );
  const written: string[] = [];
  if (fix) {
    const derivedDocuments = {
      agent_performance_stats: derived.stats,
      mission_portfolio_snapshot: derived.snapshots,
    };
    for (const [name, records] of Object.entries(derivedDocuments)) {
      const path = join(folder, `${name}.recomputed.json`);
      writeAtomically(path, `${JSON.stringify(records, null, 2)}\n`);
      written.push(path);
    }
  }
  return { ...audit, written };
}

/** The records that can be read, each once; what is wrong with the others is found. */
function readRecords<T>(
  folder: string,
  name: string,
  entry: { schema: z.ZodType<T>; key: readonly string[] },
  found: Finding[],
): readonly T[] {
  const text = readIfPresent(join(folder, `${name}.json`));
  const parsed = text === undefined ? { value: [] } : parseJson(name, text);
  const values = "value" in parsed ? parsed.value : [];
  if ("faults" in parsed) found.push(...parsed.faults.map(toFinding));
  if (!Array.isArray(values)) {
    const place = { document: name, record: "" };
    found.push(aFinding({ code: "BAD_DOCUMENT", severity: "error", ...place }, "it is no list"));
    return [];
  }
  const records = new Map<string, T>();
  for (const [position, value] of values.entries()) {
    const checked = checkRecords(name, [value], entry);
    if ("faults" in checked) {
      found.push(
        ...checked.faults.map((fault) =>
          toFinding({
            ...fault,
            record: fault.record.replace("record 1", `record ${position + 1}`),
          }),
        ),
      );
      continue;
    }
    const fields = new Map<string, unknown>(Object.entries(Object(value)));
    const key = entry.key
      .map((field) => describeKey(fields.get(field) ?? DEFAULTS[field]))
      .join(" ");
    if (records.has(key)) {
      const place = { document: name, record: key };
      const what = "it is there more than once; the last one counts";
      found.push(aFinding({ code: "DUPLICATE_KEY", severity: "error", ...place }, what));
    }
    for (const record of checked.value) records.set(key, record);
  }
  return [...records.values()];
}

/** The record has passed its schema: a key's field is a text or a number. */
function describeKey(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** What a key's field means where it is absent. */
const DEFAULTS: Readonly<Record<string, string>> = { attempt: "1", period: "day" };

/** The longest value that a finding shows. */
const LONGEST = 300;

function toFinding(fault: {
  code: string;
  document: string;
  record: string;
  field: string;
  message: string;
}): Finding {
  const { document, record, field, message } = fault;
  const code = fault.code === "MALFORMED_JSON" ? "BAD_DOCUMENT" : "BAD_RECORD";
  const short = message.length > LONGEST ? `${message.slice(0, LONGEST)}...` : message;
  return { code, severity: "error", document, record, field, message: short };
}
