/** What `new` adds to the documents: a mission, an agent, a task, a KPI. Nothing is ever replaced. */

import { MissionError } from "../errors.ts";
import { parseKpiFigure } from "../kpi/define-kpis.ts";
import type { TaskCapability } from "../model/agent-capabilities-matrix.ts";
import type { BusinessMission } from "../model/business-missions.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { REFERENCE_DOCUMENT_NAMES } from "../model/documents.ts";
import { isEqual } from "../model/is-equal.ts";
import type { KpiDeclaration } from "../model/mission-kpis.ts";
import { didYouMean } from "../model/near-names.ts";
import { ID_RULE, idSchema } from "../model/primitives.ts";
import type { Reference } from "../model/reference.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";

/** A value that goes to the end of a list, or of an object under a name. */
export interface Addition {
  readonly document: (typeof REFERENCE_DOCUMENT_NAMES)[number];
  /** The list or object, from the document's outermost list. */
  readonly at: readonly (string | number)[];
  readonly name?: string;
  readonly value: object | number;
}

/** @throws MissionError `ALREADY_EXISTS` */
export function addMission(
  mission: BusinessMission,
  { missions, plans }: Reference,
): readonly Addition[] {
  const { mission_id } = mission;
  const known = missions.find((candidate) => candidate.mission_id === mission_id);
  if (known !== undefined) {
    const tasks = plans.find((plan) => plan.mission_id === mission_id)?.tasks.length ?? 0;
    throw alreadyThere(mission_id, `the mission "${known.mission_name}" with ${tasks} tasks`);
  }
  return [{ document: "business_missions", at: [], value: mission }];
}

/** @throws MissionError `ALREADY_EXISTS` */
export function addAgent(agent: SpecializedAgent, { agents }: Reference): readonly Addition[] {
  const known = agents.find((candidate) => candidate.agent_id === agent.agent_id);
  if (known !== undefined) throw alreadyThere(agent.agent_id, `the agent "${known.name}"`);
  return [{ document: "specialized_agents", at: [], value: agent }];
}

export interface NewTask {
  readonly missionId: string;
  readonly task: Omit<PlanTask, "order">;
  /** Undefined where the matrix has the task already. */
  readonly agents: readonly string[] | undefined;
}

/**
 * The row of who can do it comes first: alone it does no harm, `validate` warns of it, and the same
 * command goes on from there.
 *
 * @throws MissionError `ALREADY_EXISTS`, `UNKNOWN_MISSION`
 */
export function addTask(
  { missionId, task, agents }: NewTask,
  reference: Reference,
): readonly Addition[] {
  requireMission(missionId, reference);
  const { task_id } = task;
  const position = reference.plans.findIndex((plan) => plan.mission_id === missionId);
  const tasks = reference.plans[position]?.tasks ?? [];
  const known = tasks.find((candidate) => candidate.task_id === task_id);
  if (known !== undefined) throw alreadyThere(task_id, `the task "${known.task}" of ${missionId}`);
  const order = Math.max(0, ...tasks.map((other) => other.order)) + 1;
  const { task_id: id, task: words, ...rest } = task;
  const value = { task_id: id, task: words, order, ...rest };
  const isFirst = position === -1;
  return [
    ...addCapability({ task_id, capable_agents: [...(agents ?? [])] }, agents, reference),
    isFirst
      ? {
          document: "decomposed_mission_tasks",
          at: [],
          value: { mission_id: missionId, tasks: [value] },
        }
      : { document: "decomposed_mission_tasks", at: [position, "tasks"], value },
  ];
}

/** A row is about every task of its id, of whatever mission: it may be used, but not be different. */
function addCapability(
  row: TaskCapability,
  agents: readonly string[] | undefined,
  { capabilities }: Reference,
): readonly Addition[] {
  const known = capabilities.find((candidate) => candidate.task_id === row.task_id);
  if (known === undefined) return [{ document: "agent_capabilities_matrix", at: [], value: row }];
  if (agents === undefined || isEqual(known.capable_agents, agents)) return [];
  const who = known.capable_agents.join(", ");
  throw alreadyThere(row.task_id, `a row of agent_capabilities_matrix.json for ${who}`);
}

/** @throws MissionError `USAGE` for a name that is no id, or that has a role in it already. */
function requireKpiName(kpi: string): void {
  if (!idSchema.safeParse(kpi).success) {
    throw new MissionError("USAGE", `The KPI's name is ${ID_RULE}.`);
  }
  const parsed = parseKpiFigure(kpi);
  if (parsed === undefined) return;
  throw new MissionError(
    "USAGE",
    `Name the KPI without "${parsed.role}": ${parsed.kpi}. \`--baseline\`, \`--target\`, \`--min\` and \`--max\` say what is to be reached.`,
  );
}

export interface NewKpi {
  readonly missionId: string;
  readonly kpi: string;
  /** By their whole names: `target_X`, `baseline_X`, `min_X`, `max_X`. */
  readonly figures: Readonly<Record<string, number>>;
  readonly declaration: KpiDeclaration;
}

/** @throws MissionError `ALREADY_EXISTS`, `UNKNOWN_MISSION` */
export function addKpi(
  { missionId, kpi, figures, declaration }: NewKpi,
  reference: Reference,
): readonly Addition[] {
  requireMission(missionId, reference);
  requireKpiName(kpi);
  const document = "mission_kpis";
  const position = reference.kpis.findIndex((record) => record.mission_id === missionId);
  const record = reference.kpis[position];
  const isDeclared = Object.keys(declaration).length > 0;
  const definitions = { [kpi]: declaration };
  if (record === undefined) {
    const value = { mission_id: missionId, kpis: figures, ...(isDeclared ? { definitions } : {}) };
    return [{ document, at: [], value }];
  }
  requireNewKpi(kpi, missionId, record.kpis);
  const ofFigures = Object.entries(figures).map(
    ([name, value]) =>
      ({
        document,
        at: [position, "kpis"],
        name,
        value,
      }) as const,
  );
  if (!isDeclared) return ofFigures;
  const declared =
    record.definitions === undefined
      ? ({ document, at: [position], name: "definitions", value: definitions } as const)
      : ({ document, at: [position, "definitions"], name: kpi, value: declaration } as const);
  return [...ofFigures, declared];
}

function requireNewKpi(kpi: string, missionId: string, figures: Readonly<Record<string, number>>) {
  const known = Object.entries(figures).filter(([name]) => parseKpiFigure(name)?.kpi === kpi);
  if (known.length === 0) return;
  const said = known.map(([name, figure]) => `${name} ${figure}`).join(", ");
  throw alreadyThere(kpi, `a KPI of ${missionId}: ${said}`);
}

function requireMission(missionId: string, { missions }: Reference): void {
  const ids = missions.map((mission) => mission.mission_id);
  if (ids.includes(missionId)) return;
  const known = ids.length === 0 ? "there is none yet" : `there are ${ids.join(", ")}`;
  const found = missionId.slice(0, 100);
  const hint = didYouMean(found, ids) || ".";
  throw new MissionError("UNKNOWN_MISSION", `There is no mission "${found}": ${known}${hint}`);
}

function alreadyThere(id: string, what: string): MissionError {
  return new MissionError(
    "ALREADY_EXISTS",
    `${id} is there already: ${what}. Nothing was changed; a new id is expected.`,
    { details: { id } },
  );
}
