/** A mission that follows from a seed: its plan, its agents' luck and what people decide. */

import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join } from "node:path";

import type { MissionControl } from "../../src/index.ts";
import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import type { Reference } from "../../src/model/reference.ts";
import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import { aPlan, aReference, anAgent } from "./builders.ts";

/** 0 up to 1, the same for the same words. */
export function chance(...words: readonly (string | number)[]): number {
  const hash = createHash("sha256").update(words.join("\n")).digest();
  return hash.readUInt32BE(0) / 2 ** 32;
}

export function randomReference(seed: number): Reference {
  const ids = Array.from(
    { length: 2 + Math.floor(chance(seed, "tasks") * 6) },
    (_, n) => `T${n + 1}`,
  );
  const dependencies = Object.fromEntries(
    ids.map((id, place) => [
      id,
      ids.slice(0, place).filter((before) => chance(seed, id, before) < 0.35),
    ]),
  );
  const fields = ids.map((id): [string, Partial<PlanTask>] => {
    const kind = chance(seed, id, "gate");
    const approval_stage = kind < 0.8 ? ("before" as const) : ("after" as const);
    const gate = kind < 0.55 ? {} : { requires_human_approval: true, approval_stage };
    const [source] = dependencies[id] ?? [];
    if (source === undefined || chance(seed, id, "condition") < 0.7) return [id, gate];
    // Agents answer with their attempt: needed where the first was the good one.
    const term = { at: `/tasks/${source}/output`, op: "==", value: `${source} 1` } as const;
    return [id, { ...gate, only_if: { all: [term] } }];
  });
  const agents = [anAgent({ agent_id: "A1" }), anAgent({ agent_id: "A2" })];
  return aReference(aPlan(dependencies, Object.fromEntries(fields)), agents);
}

/** Notes each call before it works; fails a third of the time. */
export function randomRuntime(
  { folder, seed }: { folder: string; seed: number },
  mayDie: () => void = () => {},
): AgentRuntime {
  return async ({ task, attempt }) => {
    mayDie();
    appendFileSync(join(folder, "calls.log"), `${task.task_id} ${attempt}\n`);
    mayDie();
    if (chance(seed, task.task_id, attempt, "fails") < 0.33) throw new Error("out of luck");
    return { output: `${task.task_id} ${attempt}`, work_minutes: 1 };
  };
}

/** Decides whatever waits, a decision at a time, until the run has ended; notes what was acknowledged. */
export async function carryThrough(
  control: MissionControl,
  { folder, seed }: { folder: string; seed: number },
): Promise<string> {
  const [run] = await control.runs();
  let outcome =
    run === undefined ? await control.start({ mission_id: "M" }) : await control.resume(run.run_id);
  for (;;) {
    const [request] = outcome.pending_approvals;
    if (request === undefined) return outcome.status;
    const decision = decideByChance(request, seed);
    outcome = await control.decide(outcome.run_id, { [request.approval_id]: decision });
    appendFileSync(join(folder, "decisions.log"), `${request.approval_id} ${decision.type}\n`);
  }
}

export function decideByChance({ approval_id, allowed, args }: ApprovalRequest, seed: number) {
  const luck = chance(seed, approval_id, "decision");
  const words = ["reject", "edit", "skip", "approve", "approve", "approve", "approve"] as const;
  const wanted = words[Math.floor(luck * words.length)] ?? "approve";
  const type = allowed.includes(wanted) ? wanted : "approve";
  const said = { type, decided_by: "ana", reason: "as the seed says" } as const;
  return type === "edit" ? { ...said, edits: { [Object.keys(args)[0] ?? ""]: "Otherwise" } } : said;
}
