/** Do the records balance? All findings, errors first. */

import type { Examination } from "../../model/examination.ts";
import type { History } from "../../model/history.ts";
import { compareText } from "../../model/order.ts";
import type { OutboxEvent } from "../../model/outbox-event.ts";
import type { Policy } from "../../model/policy.ts";
import type { Reference } from "../../model/reference.ts";
import { auditChain, auditSeals, headOf, listAsImported } from "./audit-chain.ts";
import { auditDecisions } from "./audit-decisions.ts";
import { type Derived, auditDerived } from "./audit-derived.ts";
import { auditRecords } from "./audit-records.ts";
import { auditRuns } from "./audit-runs.ts";
import { auditStore, findUnannounced } from "./audit-store.ts";
import type { Finding } from "./finding.ts";

export interface Audit {
  readonly findings: readonly Finding[];
  /** Findings by severity and by code. */
  readonly counts: Readonly<Record<string, number>>;
  /** Number and hash of the last event: whoever keeps it elsewhere can tell later what was changed. */
  readonly head: string;
}

/** What is audited. */
export interface AuditRecord {
  readonly history: History;
  readonly outbox: readonly OutboxEvent[];
  readonly examination: Examination;
  readonly derived: Derived;
  readonly recomputed: Derived;
}

const SEVERITIES = ["error", "warning", "info"] as const;

/** @param found what reading the documents has found already. */
export function audit(
  { history, outbox, examination, derived, recomputed }: AuditRecord,
  {
    reference,
    policy,
    hash,
    found,
    expectHead,
  }: {
    reference: Reference;
    policy: Policy;
    hash: (text: string) => string;
    found: readonly Finding[];
    expectHead?: string | undefined;
  },
): Audit {
  const unannounced = new Set(findUnannounced(history, outbox, examination));
  const asImported = listAsImported(outbox);
  const findings = [
    ...found,
    ...[...auditRecords(history, reference), ...auditRuns(history, { reference, policy })].map(
      (finding) => markKnown(finding, asImported),
    ),
    ...auditDecisions(history, hash),
    ...auditChain(outbox, { hash, expectHead }),
    ...auditSeals(history, outbox, { hash, unannounced }),
    ...auditStore(history, outbox, examination),
    ...auditDerived(derived, recomputed),
  ].toSorted(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compareText(a.code, b.code),
  );
  const counts: Record<string, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity, code } of findings) {
    counts[severity] = (counts[severity] ?? 0) + 1;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return { findings, counts, head: headOf(outbox) };
}

/**
 * What did not balance when it was imported is for whoever recorded it. What refers to nothing may have
 * referred to something then.
 */
function markKnown(finding: Finding, asImported: ReadonlySet<string>): Finding {
  const { run_id, code, severity, message } = finding;
  if (severity !== "error" || code === "UNKNOWN_REFERENCE") return finding;
  if (run_id === undefined || !asImported.has(run_id)) return finding;
  return {
    ...finding,
    severity: "info",
    message: `${message} It was so when it was imported.`,
    known_at_import: true,
  };
}
