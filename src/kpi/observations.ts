/** Which observations a mission can use. */

import { MissionError } from "../errors.ts";
import { didYouMean } from "../model/near-names.ts";
import type { Observations } from "../model/primitives.ts";
import type { Reference } from "../model/reference.ts";
import { type KpiDefinition, defineKpis, isTime } from "./define-kpis.ts";
import { COUNTED_KPI } from "./evaluate-kpis.ts";

export function kpisOfMission(missionId: string, { kpis }: Reference): readonly KpiDefinition[] {
  const document = kpis.find((candidate) => candidate.mission_id === missionId);
  return defineKpis(document ?? { kpis: {} });
}

/**
 * Refuses figures that the mission is not measured by, and negative lengths of time.
 *
 * @throws MissionError `BAD_INPUT` with the list of KPIs it has.
 */
export function requireUsableFigures(
  figures: Observations,
  missionId: string,
  definitions: readonly KpiDefinition[],
): void {
  const known = measurable(definitions);
  const unknown = Object.keys(figures).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const list = known.length === 0 ? "none" : known.join(", ");
    const what = unknown.map((name) => JSON.stringify(name)).join(", ");
    const counted = unknown.includes(COUNTED_KPI)
      ? ` "${COUNTED_KPI}" is counted from the log.`
      : "";
    throw new MissionError(
      "BAD_INPUT",
      `${missionId} is not measured by ${what}.${counted} Its KPIs: ${list}.`,
      { details: { unknown, known } },
    );
  }
  const [negative] = Object.entries(figures).filter(([name, value]) => isNegativeTime(name, value));
  if (negative === undefined) return;
  const [name, value] = negative;
  throw new MissionError("BAD_INPUT", `${name} is a time, and cannot be ${value}.`);
}

/** What an agent observed that the mission can use. */
export function usableObservations(
  observed: Observations,
  definitions: readonly KpiDefinition[],
): Observations {
  const known = new Set(measurable(definitions));
  return Object.fromEntries(
    Object.entries(observed).filter(
      ([name, value]) => known.has(name) && !isNegativeTime(name, value),
    ),
  );
}

/** Why figures that an agent observed count for nothing; empty when all count. */
export function warnOfObservations(
  observed: Observations,
  definitions: readonly KpiDefinition[],
): readonly string[] {
  const known = measurable(definitions);
  return Object.entries(observed).flatMap(([name, value]) => {
    if (!known.includes(name)) {
      return [`observed ${name}, which the mission is not measured by${didYouMean(name, known)}`];
    }
    return isNegativeTime(name, value) ? [`observed ${name} of ${value}, and it is a time`] : [];
  });
}

function measurable(definitions: readonly KpiDefinition[]): readonly string[] {
  return definitions.map(({ kpi }) => kpi).filter((kpi) => kpi !== COUNTED_KPI);
}

function isNegativeTime(kpi: string, value: number): boolean {
  return value < 0 && isTime(kpi);
}
