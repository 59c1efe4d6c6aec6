import { Command } from "@commander-js/extra-typings";

import { count } from "../../model/count.ts";
import { toPlainLine } from "../../model/plain-text.ts";
import type { PlanDescription, PlannedTask } from "../../planning/describe-plan.ts";
import type { Act } from "../command.ts";
import { type Line, colour, joinLines } from "../print.ts";
import type { Screen } from "../screen.ts";

export function planCommand(act: Act) {
  return new Command("plan")
    .argument("<mission>")
    .description("a mission's plan before it is run: agents, gates, estimates, critical path")
    .action((mission) =>
      act(async (context) => {
        const { lookAtPlan } = await import("../../app/look-at-documents.ts");
        const plan = lookAtPlan(context.folder, mission);
        context.print(plan, () => formatPlan(plan, context.screen));
        return plan.faults.length === 0 ? 0 : 2;
      }),
    );
}

export function formatPlan(plan: PlanDescription, screen: Screen): Line {
  const path = plan.critical_path.map(toPlainLine).join(" → ");
  return joinLines([
    `${toPlainLine(plan.mission_name)} (${plan.mission_id})`,
    "",
    ...plan.tasks.map((task) => screen.wrap(formatTask(task))),
    "",
    screen.wrap(
      `${count(plan.tasks.length, "task")}, ${count(plan.gates, "gate")}. Critical path: ${path}, ${plan.critical_path_minutes} of ${plan.total_work_minutes} min of work; waiting for people comes on top.`,
    ),
    ...plan.faults.map((fault) => colour("red", `${fault.code}: ${toPlainLine(fault.message)}`)),
  ]);
}

const GATES = { before: ", approval before", after: ", review after" } as const;

/** Indented by what comes before it; a star is on the critical path. */
function formatTask(task: PlannedTask): string {
  const mark = task.on_critical_path ? "*" : "-";
  const after = task.depends_on.length === 0 ? "" : `, after ${task.depends_on.join(", ")}`;
  const agents = task.agents.length === 0 ? "nobody" : task.agents.join(", ");
  const gate = task.gate === null ? "" : GATES[task.gate];
  const condition = task.only_if === null ? "" : `, only if ${task.only_if}`;
  const what = toPlainLine(`${task.task_id} ${task.task}`);
  const rest = `${task.estimated_duration_minutes} min by ${agents}${after}${gate}${condition}`;
  return `${"  ".repeat(task.depth)}${mark} ${what}: ${toPlainLine(rest)}`;
}
