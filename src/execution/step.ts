/** What a task may need next. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import type { Overrun } from "./budgets.ts";

export type Step =
  /** Let the agent work. `decided` is the decision that this attempt rests on, `approved` who allowed the content. */
  | {
      kind: "call";
      attempt: number;
      agent_id: string;
      decided?: ApprovalRequest;
      approved?: ApprovalRequest;
      feedback?: string;
      /** All that the agent has asked in this attempt, decided: it goes on. */
      asks?: readonly ApprovalRequest[];
      /** A person lets it pass the budgets. */
      isLet?: true;
    }
  /** No agent can be called: that is a failed attempt. */
  | { kind: "unavailable"; attempt: number; agent_id: string; decided?: ApprovalRequest }
  /** What was agreed to is of no use any more: that is a failed attempt, and the decision stands in its row. */
  | {
      kind: "lapsed";
      decided: ApprovalRequest;
      error: string;
      /** Absent where the agent can be asked for again. */
      retryable?: false;
    }
  | {
      kind: "ask";
      stage: "before" | "failure";
      attempt: number;
      agent_id: string;
      feedback?: string;
    }
  /** A person must say whether the attempt may pass a budget. */
  | { kind: "ask-budget"; attempt: number; agent_id: string; overrun: Overrun }
  /** No agent may be called: a budget is in the way. */
  | {
      kind: "overrun";
      attempt: number;
      agent_id: string;
      overrun: Overrun;
      decided?: ApprovalRequest;
    }
  | { kind: "wait"; requests: readonly [ApprovalRequest, ...ApprovalRequest[]] }
  /** A person decided about the failure: that belongs into the row of the attempt that failed. */
  | { kind: "settle"; row: TaskLog; decided: ApprovalRequest }
  /** A decision ends the attempt without a call. */
  | {
      kind: "conclude";
      attempt: number;
      outcome: "approved" | "rejected" | "skipped";
      decided: ApprovalRequest;
      /** The consent that the attempt would have rested on, where it was its budget that ended it. */
      consent?: ApprovalRequest;
    }
  | { kind: "completed"; row: TaskLog }
  | { kind: "failed"; row: TaskLog; reason: string };
