/** Which observations a mission can use. */

import { MissionError } from "../errors.ts";
import type { Reference } from "../model/reference.ts";
import { type KpiDefinition, defineKpis } from "./define-kpis.ts";
import { COUNTED_KPI } from "./evaluate-kpis.ts";

export function kpisOfMission(missionId: string, { kpis }: Reference): readonly KpiDefinition[] {
  const document = kpis.find((candidate) => candidate.mission_id === missionId);
  return defineKpis(document?.kpis ?? {});
}

/**
 * Refuses figures that the mission is not measured by.
 *
 * @param figures of the mission in `mission_kpis.json`.
 * @throws MissionError `BAD_INPUT` with the list of KPIs it has.
 */
export function requireKnownKpis(
  names: readonly string[],
  missionId: string,
  figures: Readonly<Record<string, number>>,
): void {
  const known = defineKpis(figures)
    .map(({ kpi }) => kpi)
    .filter((kpi) => kpi !== COUNTED_KPI);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const list = known.length === 0 ? "none" : known.join(", ");
  const what = unknown.map((name) => JSON.stringify(name)).join(", ");
  const counted = unknown.includes(COUNTED_KPI) ? ` "${COUNTED_KPI}" is counted from the log.` : "";
  throw new MissionError(
    "BAD_INPUT",
    `${missionId} is not measured by ${what}.${counted} Its KPIs: ${list}.`,
    { details: { unknown, known } },
  );
}
