/** A plan that a language model drafted from a sentence: what it may say, and what is wrong with it. */

import { z } from "zod";

import type { BusinessMission } from "../model/business-missions.ts";
import type { MissionPlan } from "../model/decomposed-mission-tasks.ts";
import { defined } from "../model/defined.ts";
import { isEqual } from "../model/is-equal.ts";
import { didYouMean } from "../model/near-names.ts";
import { ID_RULE, estimateSchema, figureSchema, idSchema } from "../model/primitives.ts";
import type { Reference } from "../model/reference.ts";
import { findMissionFaults } from "./mission-faults.ts";
import { numbersIn } from "./numbers-in.ts";

const textSchema = z.string().trim().min(1).max(2000);

/** A figure, with the words of the sentence that it is from; null where the sentence does not say. */
const saidFigureSchema = z
  .strictObject({ value: figureSchema, said: textSchema.describe("Word for word from the goal.") })
  .nullable();

/** Every field is needed, and nothing else is taken: so an OpenAI-compatible server can be held to it. */
export const planDraftSchema = z.strictObject({
  mission_name: textSchema.describe("What people will call the mission."),
  description: textSchema.describe("The outcome in a sentence."),
  tasks: z
    .array(
      z.strictObject({
        task_id: z.string().describe(ID_RULE),
        task: textSchema.describe("What is to be done, in words."),
        depends_on: z.array(z.string()).describe("Tasks that must be completed first, by id."),
        estimated_duration_minutes: z
          .number()
          .describe("Planned work in minutes, waiting for people not included."),
        approval: z
          .enum(["none", "before", "after"])
          .describe("Whether a person decides: before the work, or after it on its output."),
        agents: z.array(z.string()).describe("Who can do it: ids of registered agents only."),
        why: textSchema.describe("Why the task, the estimate, the approval and the agents."),
      }),
    )
    .min(1)
    .max(100),
  kpis: z
    .array(
      z.strictObject({
        kpi: z
          .string()
          .describe("Snake case, its unit at the end: settlement_time_days, satisfied_pct."),
        label: textSchema.max(80).describe("What people call it."),
        direction: z.enum(["lower", "higher"]).describe("Which way is better."),
        target: saidFigureSchema.describe("What is aimed at, where the goal says it; else null."),
        baseline: saidFigureSchema.describe(
          "Where it stands now, where the goal says it; else null.",
        ),
        why: textSchema.describe("Why it measures the goal."),
      }),
    )
    .min(1)
    .max(20),
  assumptions: z.array(textSchema).max(50).describe("What you assumed that the goal does not say."),
});
export type PlanDraft = z.infer<typeof planDraftSchema>;

/** What a draft becomes: records of the documents that people edit. */
export interface DraftedRecords {
  readonly mission: BusinessMission;
  readonly plan: MissionPlan;
  readonly capabilities: Reference["capabilities"];
  readonly kpis: Reference["kpis"][number];
}

/** The figures that the goal does not say, by their names in the document; a target is needed. */
export function missingFigures({ kpis }: PlanDraft): readonly {
  readonly name: string;
  readonly label: string;
  readonly isNeeded: boolean;
}[] {
  return kpis.flatMap(({ kpi, label, target, baseline }) => [
    ...(target === null ? [{ name: `target_${kpi}`, label, isNeeded: true }] : []),
    ...(baseline === null ? [{ name: `baseline_${kpi}`, label, isNeeded: false }] : []),
  ]);
}

/** @param figures what a person gave of the figures that were missing. */
export function toRecords(
  draft: PlanDraft,
  {
    mission_id,
    figures,
    drafted,
  }: {
    mission_id: string;
    figures: Readonly<Record<string, number>>;
    drafted?: BusinessMission["drafted"];
  },
): DraftedRecords {
  const { mission_name, description, tasks, kpis } = draft;
  const said = kpis.flatMap(({ kpi, target, baseline }) => [
    ...(target === null ? [] : [[`target_${kpi}`, target.value] as const]),
    ...(baseline === null ? [] : [[`baseline_${kpi}`, baseline.value] as const]),
  ]);
  return {
    mission: { mission_id, mission_name, description, ...defined({ drafted }) },
    plan: {
      mission_id,
      tasks: tasks.map(({ task_id, task, depends_on, approval, ...rest }, position) => ({
        task_id,
        task,
        order: position + 1,
        depends_on,
        estimated_duration_minutes: rest.estimated_duration_minutes,
        requires_human_approval: approval !== "none",
        ...(approval === "none" ? {} : { approval_stage: approval }),
      })),
    },
    capabilities: tasks.map(({ task_id, agents }) => ({ task_id, capable_agents: agents })),
    kpis: {
      mission_id,
      kpis: { ...Object.fromEntries(said), ...figures },
      definitions: Object.fromEntries(
        kpis.map(({ kpi, label, direction }) => [kpi, { label, direction }]),
      ),
    },
  };
}

/** The documents as they would be, whatever a command that was cut short has left of the same mission. */
export function withDraft(reference: Reference, records: DraftedRecords): Reference {
  const { mission, plan, capabilities, kpis } = records;
  const { mission_id } = mission;
  const isOthers = (record: { readonly mission_id: string }) => record.mission_id !== mission_id;
  const isOwn = (row: Reference["capabilities"][number]) =>
    capabilities.some((own) => own.task_id === row.task_id);
  return {
    ...reference,
    missions: [...reference.missions, mission],
    plans: [...reference.plans.filter(isOthers), plan],
    capabilities: [...reference.capabilities.filter((row) => !isOwn(row)), ...capabilities],
    kpis: [...reference.kpis.filter(isOthers), kpis],
  };
}

/** A target that nobody gave is asked for: until then one stands for it that is no fault. */
export function standIns({ kpis }: PlanDraft): Readonly<Record<string, number>> {
  return Object.fromEntries(
    kpis.flatMap(({ kpi, target, baseline, direction }) => {
      if (target !== null) return [];
      const from = baseline?.value ?? 1;
      return [[`target_${kpi}`, direction === "lower" ? from / 2 : from + 1] as const];
    }),
  );
}

/** All that is wrong with a draft, in words for who drafts again. Empty when it could be run. */
export function findDraftFaults(
  draft: PlanDraft,
  { goal, mission_id, reference }: { goal: string; mission_id: string; reference: Reference },
): readonly string[] {
  const own = [...findIdFaults(draft, { mission_id, reference }), ...findFigureFaults(draft, goal)];
  if (own.length > 0) return own;
  const figures = standIns(draft);
  const next = withDraft(reference, toRecords(draft, { mission_id, figures }));
  return findMissionFaults(mission_id, next, () => true).map(({ message }) => message);
}

function findIdFaults(
  { tasks, kpis }: PlanDraft,
  { mission_id, reference }: { mission_id: string; reference: Reference },
): readonly string[] {
  const agents = reference.agents.map(({ agent_id }) => agent_id);
  const named = new Set<string>();
  const ofTasks = tasks.flatMap(({ task_id, agents: able, estimated_duration_minutes }) => {
    const unknown = able.filter((id) => !agents.includes(id));
    const isRepeated = named.has(task_id);
    named.add(task_id);
    return [
      ...(idSchema.safeParse(task_id).success
        ? []
        : [`task_id ${quote(task_id)} is not ${ID_RULE}`]),
      ...(isRepeated ? [`task_id ${quote(task_id)} stands twice`] : []),
      ...(isTaken({ task_id, agents: able, mission_id }, reference)
        ? [`task_id ${quote(task_id)} is taken by another mission's task`]
        : []),
      ...(estimateSchema.safeParse(estimated_duration_minutes).success
        ? []
        : [`estimated_duration_minutes of ${quote(task_id)} is no time that work can take`]),
      ...(able.length === 0 ? [`task ${quote(task_id)} has no agent`] : []),
      ...unknown.map(
        (id) =>
          `agent ${quote(id)} of task ${quote(task_id)} is not registered: ${agents.join(", ")}${didYouMean(id.slice(0, 100), agents)}`,
      ),
    ];
  });
  const names = kpis.map(({ kpi }) => kpi);
  const ofKpis = names.flatMap((kpi, position) => [
    ...(/^[a-z][a-z0-9_]{0,59}$/.test(kpi) ? [] : [`kpi ${quote(kpi)} is not in snake case`]),
    ...(/^(target|baseline|min|max)_|_threshold$/.test(kpi)
      ? [`kpi ${quote(kpi)} is named without its role`]
      : []),
    ...(names.indexOf(kpi) === position ? [] : [`kpi ${quote(kpi)} stands twice`]),
  ]);
  return [...ofTasks, ...ofKpis];
}

/** A row that is the same and belongs to no plan may be what a command that was cut short has left. */
function isTaken(
  {
    task_id,
    agents,
    mission_id,
  }: { task_id: string; agents: readonly string[]; mission_id: string },
  { capabilities, plans }: Reference,
): boolean {
  const row = capabilities.find((known) => known.task_id === task_id);
  if (row === undefined) return false;
  const others = plans.filter((plan) => plan.mission_id !== mission_id);
  const isPlanned = others.some(({ tasks }) => tasks.some((task) => task.task_id === task_id));
  return isPlanned || !isEqual(row.capable_agents, agents);
}

/** A figure counts only where the goal says it: nobody's business is measured by a guess. */
function findFigureFaults({ kpis }: PlanDraft, goal: string): readonly string[] {
  return kpis.flatMap(({ kpi, target, baseline }) =>
    Object.entries({ target, baseline }).flatMap(([role, figure]) => {
      if (figure === null) return [];
      return isSaid(figure, goal)
        ? []
        : [
            `${role} ${figure.value} of ${quote(kpi)} is not said in the goal: leave it null, it will be asked for`,
          ];
    }),
  );
}

/** True where the quoted words stand in the goal, and have a number in them that is just this one. */
function isSaid({ value, said }: { value: number; said: string }, goal: string): boolean {
  const numbers = numbersIn(goal).filter((number) => number.value === value);
  for (let at = goal.indexOf(said); at !== -1; at = goal.indexOf(said, at + 1)) {
    const end = at + said.length;
    if (numbers.some((number) => number.start >= at && number.end <= end)) return true;
  }
  return false;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
