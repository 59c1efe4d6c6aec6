/** Whether a mission can be run at all: every fault in the documents it rests on, at once. */

import type { MissionPlan } from "../model/decomposed-mission-tasks.ts";
import { type Fault, aFault } from "../model/fault.ts";
import type { Reference } from "../model/reference.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import { findKpiFaults } from "./kpi-faults.ts";
import { findPlanFaults } from "./plan-faults.ts";

/** Tells whether there is a runtime to carry out an agent's tasks. */
export type HasRuntime = (agent: Pick<SpecializedAgent, "agent_id" | "runtime">) => boolean;

/**
 * Every reason why this mission must not start: unknown mission, no plan, no KPIs, a faulty plan,
 * tasks without a capable, registered and available agent. Empty when it can.
 */
export function findMissionFaults(
  missionId: string,
  reference: Reference,
  hasRuntime: HasRuntime,
): readonly Fault[] {
  const plans = reference.plans.filter((candidate) => candidate.mission_id === missionId);
  const [plan] = plans;
  const isOfMission = ({ mission_id }: { mission_id: string }) => mission_id === missionId;
  if (plan === undefined || !reference.missions.some((known) => known.mission_id === missionId)) {
    return [...findMissingRecords(missionId, reference)];
  }
  return [
    ...findMissingRecords(missionId, reference),
    ...findRepeats("decomposed_mission_tasks.json", plans, (record) => record.mission_id),
    ...findRepeats(
      "business_missions.json",
      reference.missions.filter(isOfMission),
      (record) => record.mission_id,
    ),
    ...findRepeats(
      "mission_kpis.json",
      reference.kpis.filter(isOfMission),
      (record) => record.mission_id,
    ),
    ...findPlanFaults(plan, reference.missions.find(isOfMission)?.input_schema),
    ...reference.kpis
      .filter((record) => record.mission_id === missionId)
      .flatMap((record) => findKpiFaults(record)),
    ...findRoutingFaults(plan, reference, hasRuntime),
  ];
}

/** Every fault of all missions, plans and KPIs together: what `validate` reports. */
export function findAllFaults(reference: Reference, hasRuntime: HasRuntime): readonly Fault[] {
  const ids = new Set([
    ...reference.missions.map((mission) => mission.mission_id),
    ...reference.plans.map((plan) => plan.mission_id),
    ...reference.kpis.map((kpis) => kpis.mission_id),
  ]);
  return [
    ...findRepeats("specialized_agents.json", reference.agents, (record) => record.agent_id),
    ...findRepeats(
      "agent_capabilities_matrix.json",
      reference.capabilities,
      (record) => record.task_id,
    ),
    ...[...ids].flatMap((id) => findMissionFaults(id, reference, hasRuntime)),
  ];
}

function findMissingRecords(missionId: string, { missions, plans, kpis }: Reference): Fault[] {
  const faults: Fault[] = [];
  if (!missions.some((mission) => mission.mission_id === missionId)) {
    const known = missions.map((mission) => mission.mission_id).join(", ");
    faults.push(
      aFault({
        code: "UNKNOWN_MISSION",
        document: "business_missions.json",
        record: missionId.slice(0, 100),
        field: "mission_id",
        found: "no such mission",
        expected: known === "" ? "at least one mission" : `one of ${known}`,
      }),
    );
  }
  const expected = `one for ${missionId}`;
  if (!plans.some((plan) => plan.mission_id === missionId) && faults.length === 0) {
    const document = "decomposed_mission_tasks.json";
    faults.push(
      aFault({
        code: "NO_PLAN",
        document,
        record: missionId,
        field: "",
        found: "no plan",
        expected,
      }),
    );
  }
  if (!kpis.some((record) => record.mission_id === missionId) && faults.length === 0) {
    const document = "mission_kpis.json";
    faults.push(
      aFault({
        code: "NO_KPIS",
        document,
        record: missionId,
        field: "",
        found: "no KPIs",
        expected: `${expected}, as \`mission-control new kpi ${missionId}\` writes it`,
      }),
    );
  }
  return faults;
}

/** Capability is a hard gate: each task needs an agent that is capable, registered and available. */
function findRoutingFaults(
  plan: MissionPlan,
  reference: Reference,
  hasRuntime: HasRuntime,
): Fault[] {
  const agents = new Map(reference.agents.map((agent) => [agent.agent_id, agent]));
  const capable = new Map(reference.capabilities.map((row) => [row.task_id, row.capable_agents]));
  const document = "agent_capabilities_matrix.json";
  return plan.tasks.flatMap((task) => {
    const record = task.task_id;
    const field = "capable_agents";
    const ids = capable.get(task.task_id) ?? [];
    if (ids.length === 0) {
      const found = `no agent is capable of task ${record} of ${plan.mission_id}`;
      return [
        aFault({
          code: "NO_CAPABLE_AGENT",
          document,
          record,
          field,
          found,
          expected: "at least one agent",
        }),
      ];
    }
    const unknown = ids.filter((id) => !agents.has(id));
    const faults = unknown.map((id) =>
      aFault({
        code: "UNREGISTERED_AGENT",
        document,
        record,
        field,
        found: `agent "${id}", which is not registered`,
        expected: "agents of specialized_agents.json",
      }),
    );
    const registered = ids.flatMap((id) => agents.get(id) ?? []);
    const usable = registered.filter((agent) => agent.status !== "unavailable");
    const without = usable.find((agent) => !hasRuntime(agent));
    if (without !== undefined) {
      faults.push(
        aFault({
          code: "UNKNOWN_RUNTIME",
          document: "specialized_agents.json",
          record: without.agent_id,
          field: "runtime",
          found: `runtime ${JSON.stringify(without.runtime)}, which is not known`,
          expected: "`simulated`, how it is reached, or a runtime handed to the library",
        }),
      );
    }
    if (registered.length > 0 && usable.length === 0) {
      const found = `no available agent: ${registered.map((agent) => agent.agent_id).join(", ")} unavailable`;
      faults.push(
        aFault({
          code: "NO_AVAILABLE_AGENT",
          document,
          record,
          field,
          found,
          expected: "at least one available agent",
        }),
      );
    }
    return faults;
  });
}

/** Records whose id an earlier one has already. */
function repeats<T>(records: readonly T[], nameOf: (record: T) => string): T[] {
  const seen = new Set<string>();
  return records.filter((record) => {
    const isRepeat = seen.has(nameOf(record));
    seen.add(nameOf(record));
    return isRepeat;
  });
}

function findRepeats<T>(
  document: string,
  records: readonly T[],
  nameOf: (record: T) => string,
): Fault[] {
  return repeats(records, nameOf).map((record) =>
    aFault({
      code: "DUPLICATE_RECORD",
      document,
      record: nameOf(record),
      field: "",
      found: "the id twice",
      expected: "each id once",
    }),
  );
}
