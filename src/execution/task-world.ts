/** What a task is given, and the world it works in: both handed in. */

import type { Labels } from "../approvals/labels.ts";
import type { KpiDefinition } from "../kpi/define-kpis.ts";
import type { AgentCall } from "../model/agent-call.ts";
import type { AgentAnswer } from "../model/agent-reply.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { Reserved } from "../model/budget.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { MissionInputs } from "../model/mission-inputs.ts";
import type { RuntimeKind } from "../model/pinned-runtime.ts";
import type { Policy } from "../model/policy.ts";
import type { Json } from "../model/primitives.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import type { CallResult, TaskRequest } from "../model/task-exchange.ts";
import type { OutputRef, RouteCandidate, TaskLog } from "../model/task-execution-logs.ts";
import type { Overrun } from "./budgets.ts";
import type { ProgressEvent } from "./progress-event.ts";
import type { TaskResult } from "./task-report.ts";

/** What was decided about something that an agent asked, and the agent's name of it. */
export interface KeyedAnswer {
  readonly key: string;
  readonly answer: AgentAnswer;
}

/** The world as a task sees it. */
export interface TaskWorld {
  now(): string;
  readonly hash: (text: string) => string;
  /** What there is of a task so far, each in the order of first writing. */
  readTask(taskId: string): Promise<{
    readonly rows: readonly TaskLog[];
    readonly requests: readonly ApprovalRequest[];
  }>;
  /** Durable when it resolves. */
  putRow(row: TaskLog): Promise<void>;
  request(request: ApprovalRequest): Promise<ApprovalRequest>;
  /**
   * Calls the agent when there is a place; never rejects for a failure of the agent.
   *
   * @param answers what was decided of all that it has asked in this attempt, by approval.
   * @param isLet whether a person lets it pass the budgets.
   * @returns what stands in the way, where a budget does.
   */
  call(
    request: TaskRequest,
    how: { readonly answers: ReadonlyMap<string, KeyedAnswer>; readonly isLet: boolean },
  ): Promise<
    | { readonly overrun: Overrun }
    | (CallResult & {
        /** What did the work. */
        readonly runtime?: RuntimeKind;
        /** What was reserved of budgets. */
        readonly reserved?: Reserved;
        /** What is kept of the call besides. */
        readonly kept?: Pick<AgentCall, "lost" | "is_again">;
        /** What is to be known of the call itself. */
        readonly warnings?: readonly string[];
      })
  >;
  /** Tells an agent that has asked that nobody answers. */
  abandon(request: TaskRequest, continuation: Json): Promise<void>;
  /** Keeps what an agent goes on from with what it asks, at once; returns the requests as they are kept. */
  suspend(
    request: TaskRequest,
    reply: CallResult & {
      readonly continuation: Json;
      readonly reserved?: Reserved;
      readonly kept?: Pick<AgentCall, "lost" | "is_again">;
    },
    requests: readonly ApprovalRequest[],
  ): Promise<readonly ApprovalRequest[]>;
  /** Keeps an output in the row, or a reference to it when it is large. */
  keep(output: Json): Promise<{ output: Json } | { output_ref: OutputRef }>;
  load(reference: OutputRef): Promise<Json>;
  wait(seconds: number): Promise<void>;
  notify(event: Omit<ProgressEvent, "run_id">): void;
}

/** What does not change while a task is carried out. */
export interface Assignment {
  readonly run_id: string;
  readonly mission_id: string;
  /** What the run is about. */
  readonly mission_inputs: MissionInputs;
  readonly task: PlanTask;
  /** All capable agents, best first, and the evidence. */
  readonly route: readonly RouteCandidate[];
  readonly agents: ReadonlyMap<string, SpecializedAgent>;
  /** Timeline: end of the last dependency, or start of the run. */
  readonly ready: string;
  /** Results of its dependencies, by task id. */
  readonly dependencies: Readonly<Record<string, TaskResult>>;
  /** What people call the values of those results, by path. */
  readonly labels: Labels;
  /** Planned minutes of this task and of all that cannot start before it. */
  readonly countBlockedMinutes: () => number;
  /** What the mission is measured by. */
  readonly kpis: readonly KpiDefinition[];
  readonly policy: Policy;
}
