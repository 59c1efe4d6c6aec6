/** What people are asked, and what they say. */

import { MissionError } from "../../errors.ts";
import { amend } from "../../model/amend.ts";
import type { ApprovalRequest } from "../../model/approval-requests.ts";
import { linkDecision } from "../../model/decision-chain.ts";
import type { RecordedDecision } from "../../model/decision.ts";
import { isEnded } from "../../model/mission-runs.ts";
import { laterOf, toMs } from "../../model/time.ts";
import type { Session } from "../session.ts";
import { type Sql, type SqlRow, sql } from "../sql.ts";
import type { Store } from "../store.ts";

type ApprovalCommands = Pick<
  Store,
  "requestApproval" | "decideApprovals" | "voidApprovals" | "listPending"
>;

/** In the order of `orderAcrossRuns`: important runs, overdue, what holds up most, the oldest. */
const PENDING = sql(`SELECT approvals.record FROM approvals JOIN runs USING (run_id)
  WHERE approvals.status = 'pending' AND runs.status IN ('running', 'awaiting_approval')
  AND ($1 = '' OR approvals.run_id = $1)
  ORDER BY priority DESC, (due_ms <= $2) DESC, blocked DESC, asked_ms, approval_id LIMIT $3`);
const ONE = sql("SELECT record FROM approvals WHERE run_id = $1 AND approval_id = $2");
const LAST_DECIDED = sql(
  "SELECT record FROM approvals WHERE run_id = $1 AND decision_number IS NOT NULL ORDER BY decision_number DESC LIMIT 1",
);

export function createApprovalCommands(session: Session): ApprovalCommands {
  const { tables, outbox, hash, write, put, ask, readRun, request, wakes } = session;

  const parse = (row: SqlRow | undefined): ApprovalRequest | undefined =>
    row === undefined ? undefined : tables.approvals.parse(row["record"]);

  function* find(runId: string, approvalId: string): Sql<ApprovalRequest | undefined> {
    return parse(yield* ONE.get(runId, approvalId));
  }

  /** Puts a decision at the end of its run's chain, and the chain's head into the run. */
  function* record(decision: RecordedDecision): Sql<ApprovalRequest> {
    const { run_id, approval_id } = decision;
    const decided = decide(decision, yield* find(run_id, approval_id));
    const linked = linkDecision(decided, parse(yield* LAST_DECIDED.get(run_id)), hash);
    yield* put.request(linked);
    const run = (yield* readRun(run_id))?.run;
    const seal = linked.decision_hash ?? "";
    if (run !== undefined) {
      yield* put.run(amend(run, { decisions_head: seal }));
      if (!isEnded(run)) yield* wakes.wake(run);
    }
    yield* outbox.add({ event: "approval-decided", run_id, subject: approval_id, seal });
    return linked;
  }

  return {
    requestApproval: (asked) => write(asked.run_id, () => request(asked)),
    decideApprovals(decisions) {
      function* recordAll() {
        const recorded: ApprovalRequest[] = [];
        for (const decision of decisions) recorded.push(yield* record(decision));
        return recorded;
      }
      // Not under the run's lease: whoever works on it picks the decision up.
      return write(undefined, recordAll, { isDurable: true });
    },
    voidApprovals: (runId, approvalIds) =>
      write(runId, function* takeBack() {
        for (const approvalId of approvalIds) {
          const asked = yield* find(runId, approvalId);
          if (asked?.status !== "pending") continue;
          yield* put.request({ ...asked, status: "void" });
          yield* outbox.add({ event: "approval-voided", run_id: runId, subject: approvalId });
        }
      }),
    listPending: ({ now, run_id = "", limit = ALL }) =>
      ask(function* list() {
        const rows = yield* PENDING.all(run_id, toMs(now), limit);
        return rows.flatMap((row) => parse(row) ?? []);
      }),
  };
}

const ALL = Number.MAX_SAFE_INTEGER;

/** @throws MissionError `UNKNOWN_APPROVAL`, `ALREADY_DECIDED`: the first decision wins. */
function decide(decision: RecordedDecision, request: ApprovalRequest | undefined): ApprovalRequest {
  const { approval_id } = decision;
  if (request === undefined) {
    throw new MissionError("UNKNOWN_APPROVAL", `There is no approval ${approval_id}.`, {
      details: { approval_id },
    });
  }
  if (request.status === "pending") {
    // Who asked may have been ahead of who decides by its clock.
    const decided_at = laterOf(request.approval_request_time, decision.decided_at);
    return amend(request, { status: "decided" as const, ...decision, decided_at });
  }
  const { status, decision: first, decided_by, decided_at } = request;
  const message =
    status === "void"
      ? `${approval_id} is void: it is no longer asked.`
      : `${approval_id} is decided already: ${first} by ${decided_by} at ${decided_at}.`;
  throw new MissionError("ALREADY_DECIDED", message, {
    details: { approval_id, decision: first, decided_by, decided_at },
  });
}
