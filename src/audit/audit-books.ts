/** Do the books balance? All findings, errors first. */

import type { AgentStats } from "../model/agent-performance-stats.ts";
import { compareText } from "../model/canonical-json.ts";
import type { History } from "../model/history.ts";
import type { Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import { auditDecisions } from "./audit-decisions.ts";
import { type Derived, auditDerived, recomputeDerived } from "./audit-derived.ts";
import { auditRecords } from "./audit-records.ts";
import { auditRuns } from "./audit-runs.ts";
import type { Finding } from "./finding.ts";

export interface Audit {
  readonly findings: readonly Finding[];
  /** Findings by severity and by code. */
  readonly counts: Readonly<Record<string, number>>;
}

const SEVERITIES = ["error", "warning", "info"] as const;

/** @param found what reading the documents has found already. */
export function auditBooks(
  { history, stats }: { history: History; stats: readonly AgentStats[] },
  {
    reference,
    policy,
    hash,
    found = [],
  }: {
    reference: Reference;
    policy: Policy;
    hash: (text: string) => string;
    found?: readonly Finding[];
  },
): { readonly audit: Audit; readonly derived: Derived } {
  const dueMinutes = policy.approvals.due_minutes;
  const derived = recomputeDerived(history, stats, { reference, policy });
  const findings = [
    ...found,
    ...auditRecords(history, reference),
    ...auditRuns(history, { reference, dueMinutes }),
    ...auditDecisions(history, hash),
    ...auditDerived(history, stats, derived),
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
  return { audit: { findings, counts }, derived };
}
