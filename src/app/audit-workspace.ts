/** The use case behind `audit`: reads what is recorded, and documents that cannot be taken over. */

import { join } from "node:path";

import type { Derived } from "../history/audit/audit-derived.ts";
import { type Audit, type AuditRecord, audit } from "../history/audit/audit.ts";
import type { Finding } from "../history/audit/finding.ts";
import type { Fault } from "../model/fault.ts";
import type { History } from "../model/history.ts";
import { isEnded } from "../model/mission-runs.ts";
import type { OutboxEvent } from "../model/outbox-event.ts";
import type { Reference } from "../model/reference.ts";
import { buildPortfolio, isArchived, windowOf } from "../reports/portfolio.ts";
import { computeAgentStats, recentAttempts } from "../routing/agent-stats.ts";
import type { RunReading } from "../runs/world.ts";
import { replaceFile } from "../store/documents/publish-documents.ts";
import { readReference } from "../store/documents/read-reference.ts";
import type { Store } from "../store/store.ts";
import { sha256 } from "./system.ts";

/** Where `fix` has written the recomputed documents. */
export interface AuditResult extends Audit {
  readonly written: readonly string[];
}

export interface AuditQuery {
  /** Also write recomputed derived documents, next to the old ones and never over them. */
  readonly fix: boolean;
  /** A head that was printed before: everything up to it must be as it was. */
  readonly expectHead?: string | undefined;
}

/** @throws MissionError `STORE_FAILED`. */
export async function auditWorkspace(
  {
    folder,
    workspaceFolder,
    faults = [],
    ...reading
  }: RunReading & {
    readonly folder: string;
    readonly workspaceFolder: string;
    /** Why documents could not be taken over. */
    readonly faults?: readonly Fault[] | undefined;
  },
  { fix, expectHead }: AuditQuery,
): Promise<AuditResult> {
  const { store, policy } = reading;
  const { reference, faults: referenceFaults } = readReference(workspaceFolder);
  const history = await store.readHistory();
  const record: AuditRecord = {
    history,
    outbox: await readOutbox(store),
    examination: await store.examine(),
    ...(await recompute(history, reference, reading)),
  };
  const found = [
    ...faults.map((fault) => toFinding(fault, "BAD_RECORD")),
    ...referenceFaults.map((fault) => toFinding(fault, "BAD_REFERENCE_DOCUMENT")),
  ];
  const result = audit(record, {
    reference,
    policy: policy(),
    hash: sha256,
    found,
    expectHead,
  });
  return { ...result, written: fix ? writeDerived(folder, record.recomputed) : [] };
}

async function readOutbox(store: Store): Promise<readonly OutboxEvent[]> {
  const events: OutboxEvent[] = [];
  for (;;) {
    const next = await store.readOutbox(events.at(-1)?.number ?? 0);
    if (next.length === 0) return events;
    for (const event of next) events.push(event);
  }
}

async function recompute(
  history: History,
  reference: Reference,
  { store, policy }: RunReading,
): Promise<Pick<AuditRecord, "derived" | "recomputed">> {
  const documents = { reference, policy: policy() };
  const { window } = documents.policy.routing;
  const current = await store.listAgentStats();
  const date = current.reduce(
    (latest, row) => (row.last_updated > latest ? row.last_updated : latest),
    "",
  );
  const stats = computeAgentStats(recentAttempts(history.rows, window), {
    plans: reference.plans,
    date,
    current,
  });
  const open = new Set(history.runs.filter((run) => !isEnded(run)).map((run) => run.run_id));
  // Statistics are brought up to date when a run ends.
  const busy = new Set(
    history.rows.filter((row) => open.has(row.run_id)).map((row) => row.agent_id),
  );
  const snapshots = [];
  const kept = [];
  for (const recorded of history.snapshots) {
    const { snapshot_date, period } = recorded;
    const context = { date: snapshot_date, period, ...documents };
    const read = windowOf(context);
    const known = await store.readPortfolio(read);
    // What it was made from is in an archive.
    if (isArchived(read, known)) continue;
    kept.push(recorded);
    const { snapshot } = buildPortfolio(known, context);
    const { period: _computed, ...figures } = snapshot;
    snapshots.push({ ...recorded, ...figures, ...(period === undefined ? {} : { period }) });
  }
  return {
    derived: { stats: current.filter(({ agent_id }) => !busy.has(agent_id)), snapshots: kept },
    recomputed: { stats, snapshots },
  };
}

function writeDerived(folder: string, { stats, snapshots }: Derived): readonly string[] {
  const documents = { agent_performance_stats: stats, mission_portfolio_snapshot: snapshots };
  return Object.entries(documents).map(([name, records]) => {
    const path = join(folder, `${name}.recomputed.json`);
    replaceFile(path, `${JSON.stringify(records, null, 2)}\n`, { folder });
    return path;
  });
}

/** The longest value that a finding shows. */
const LONGEST = 300;

function toFinding({ document, record, field, message }: Fault, kind: string): Finding {
  const short = message.length > LONGEST ? `${message.slice(0, LONGEST)}...` : message;
  return {
    // What is wrong with no record is wrong with the document as a whole.
    code: kind === "BAD_RECORD" && record === "" ? "BAD_DOCUMENT" : kind,
    severity: "error",
    document: document.replace(/\.json$/, ""),
    record,
    field,
    message: short,
  };
}
