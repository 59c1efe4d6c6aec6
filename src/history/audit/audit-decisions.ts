/** Each run's chain of decisions: the first entry that was changed, moved or taken out, and a cut-off end. */

import type { ApprovalRequest } from "../../model/approval-requests.ts";
import { hashDecision } from "../../model/decision-chain.ts";
import type { History } from "../../model/history.ts";
import { groupBy } from "../../model/order.ts";
import { type Finding, aFinding } from "./finding.ts";

export function auditDecisions(
  { runs, requests }: History,
  hash: (text: string) => string,
): readonly Finding[] {
  const byRun = groupBy(requests, (request) => request.run_id);
  return runs.flatMap((run) => {
    const chain = (byRun.get(run.run_id) ?? [])
      .filter((request) => request.decision_number !== undefined)
      .toSorted((a, b) => (a.decision_number ?? 0) - (b.decision_number ?? 0));
    const broken = findBreak(chain, hash);
    if (broken !== undefined) return [broken];
    const head = chain.at(-1)?.decision_hash;
    if (head === run.decisions_head) return [];
    return [
      aFinding(
        {
          code: "DECISIONS_CUT_OFF",
          severity: "error",
          document: "approval_requests",
          record: run.run_id,
          field: "decisions_head",
        },
        `the run's record is anchored to a decision after number ${chain.length} that is not there`,
      ),
    ];
  });
}

function findBreak(
  chain: readonly ApprovalRequest[],
  hash: (text: string) => string,
): Finding | undefined {
  let previous: string | undefined;
  for (const [position, request] of chain.entries()) {
    const place = { document: "approval_requests", record: request.approval_id };
    const expected = position + 1;
    if (request.decision_number !== expected) {
      return aFinding(
        { code: "DECISION_MISSING", severity: "error", ...place, field: "decision_number" },
        `decision ${expected} of ${request.run_id}, before this one, is missing or out of order`,
      );
    }
    if (request.decision_hash !== hashDecision(request, previous, hash)) {
      return aFinding(
        { code: "DECISION_CHANGED", severity: "error", ...place, field: "decision_hash" },
        `decision ${expected} of ${request.run_id} is not what was recorded`,
      );
    }
    previous = request.decision_hash;
  }
  return undefined;
}
