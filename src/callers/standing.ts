/** How a run stands, as callers are told: what waits for people says where a person decides. */

import { z } from "zod";

import { describeRequest } from "../approvals/question.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { CallersWorld, ServedMissionControl } from "./callers-world.ts";

/** The most approvals and risks that one answer has. */
export const MOST_LISTED = 20;

export const waitingSchema = z.object({
  approval_id: z.string(),
  run_id: z.string(),
  task_id: z.string(),
  question: z.string().describe("What a person is asked."),
  due_at: z.string(),
  decide_with: z.string().describe("What a person types. You cannot decide it."),
});

export const standingSchema = z.object({
  run_id: z.string(),
  mission_id: z.string(),
  status: z.string().describe("running, awaiting_approval, completed, failed or abandoned."),
  summary: z.string().describe("What happened so far, for people."),
  waits_for: z.array(waitingSchema).describe("What people have to decide before it goes on."),
  who_decides: z.string(),
  if_cut_short: z
    .string()
    .optional()
    .describe("What a person types if it stays running because nobody works on it any more."),
});
export type Standing = z.infer<typeof standingSchema>;

export async function describeRun(runId: string, world: CallersWorld): Promise<Standing> {
  const { run_id, mission_id, status, executive_summary, pending_approvals } =
    await world.control.run(runId);
  return {
    run_id,
    mission_id,
    status,
    summary: executive_summary,
    waits_for: pending_approvals
      .slice(0, MOST_LISTED)
      .map((request) => describeWaiting(request, world)),
    who_decides: whoDecides(world.control),
    ...(status === "running" ? { if_cut_short: world.command("resume", run_id) } : {}),
  };
}

export function describeWaiting(request: ApprovalRequest, { command }: CallersWorld) {
  const { approval_id, run_id, task_id, due_at, stage, allowed } = request;
  const [first = "approve"] = allowed;
  return {
    approval_id,
    run_id,
    task_id,
    question: describeRequest(request),
    due_at,
    decide_with: command(
      first,
      run_id,
      stage === "agent" ? approval_id : task_id,
      ...(first === "answer" ? ["ANSWER"] : []),
      "--by",
      "NAME",
    ),
  };
}

export function whoDecides(control: ServedMissionControl): string {
  const { approvers = [] } = control.policy().approvals;
  return approvers.length === 0 ? "a person, never a program" : approvers.join(" or ");
}
