/** What people are asked, and what they say. */

import { MissionError } from "../errors.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { linkDecision } from "../model/decision-chain.ts";
import type { RecordedDecision } from "../model/decision.ts";
import { toMs } from "../model/time.ts";
import type { SqlRow } from "./sqlite-driver.ts";
import type { Session } from "./sqlite-session.ts";
import type { Store } from "./store.ts";

type ApprovalCommands = Pick<
  Store,
  "requestApproval" | "decideApprovals" | "voidApprovals" | "listPending"
>;

/** In the order of `orderAcrossRuns`: important runs, overdue, what holds up most, the oldest. */
const PENDING = `SELECT approvals.record FROM approvals JOIN runs USING (run_id)
  WHERE approvals.status = 'pending' AND runs.status IN ('running', 'awaiting_approval')
  AND (?1 = '' OR approvals.run_id = ?1)
  ORDER BY priority DESC, due_ms <= ?2 DESC, blocked DESC, asked_ms, approval_id LIMIT ?3`;

export function createApprovalCommands(session: Session): ApprovalCommands {
  const { database, tables, outbox, hash, write, put, read, readRun, request } = session;
  const one = database.prepare("SELECT record FROM approvals WHERE run_id = ? AND approval_id = ?");
  const lastDecided = database.prepare(
    "SELECT record FROM approvals WHERE run_id = ? AND decision_number IS NOT NULL ORDER BY decision_number DESC LIMIT 1",
  );
  const pending = database.prepare(PENDING);

  const parse = (row: SqlRow | undefined): ApprovalRequest | undefined =>
    row === undefined ? undefined : tables.approvals.parse(row["record"]);
  const find = (runId: string, approvalId: string) => parse(one.get(runId, approvalId));

  /** Puts a decision at the end of its run's chain, and the chain's head into the run. */
  function record(decision: RecordedDecision): ApprovalRequest {
    const { run_id, approval_id } = decision;
    const decided = decide(decision, find(run_id, approval_id));
    const linked = linkDecision(decided, parse(lastDecided.get(run_id)), hash);
    put.request(linked);
    const run = readRun(run_id)?.run;
    const seal = linked.decision_hash ?? "";
    if (run !== undefined) put.run({ ...run, decisions_head: seal });
    outbox.add({ event: "approval-decided", run_id, subject: approval_id, seal });
    return linked;
  }

  return {
    requestApproval: (asked) => write(asked.run_id, () => request(asked)),
    decideApprovals: (decisions) =>
      // Not under the run's lease: whoever works on it picks the decision up.
      write(undefined, () => decisions.map(record), { isDurable: true }),
    voidApprovals: (runId, approvalIds) =>
      write(runId, () => {
        for (const approvalId of approvalIds) {
          const asked = find(runId, approvalId);
          if (asked?.status !== "pending") continue;
          put.request({ ...asked, status: "void" });
          outbox.add({ event: "approval-voided", run_id: runId, subject: approvalId });
        }
      }),
    listPending: ({ now, run_id = "", limit = -1 }) =>
      read(() => pending.all(run_id, toMs(now), limit).flatMap((row) => parse(row) ?? [])),
  };
}

/** @throws MissionError `UNKNOWN_APPROVAL`, `ALREADY_DECIDED`: the first decision wins. */
function decide(decision: RecordedDecision, request: ApprovalRequest | undefined): ApprovalRequest {
  const { approval_id } = decision;
  if (request === undefined) {
    throw new MissionError("UNKNOWN_APPROVAL", `There is no approval ${approval_id}.`, {
      details: { approval_id },
    });
  }
  if (request.status === "pending") return { ...request, ...decision, status: "decided" };
  const { status, decision: first, decided_by, decided_at } = request;
  const message =
    status === "void"
      ? `${approval_id} is void: it is no longer asked.`
      : `${approval_id} is decided already: ${first} by ${decided_by} at ${decided_at}.`;
  throw new MissionError("ALREADY_DECIDED", message, {
    details: { approval_id, decision: first, decided_by, decided_at },
  });
}
