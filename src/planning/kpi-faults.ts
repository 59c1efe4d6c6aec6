/** What is wrong with a mission's KPI figures and declarations: what would silently measure nothing, or mislead. */

import {
  type KpiDefinition,
  defineKpis,
  directionOf,
  isTime,
  parseKpiFigure,
} from "../kpi/define-kpis.ts";
import { type Fault, aFault } from "../model/fault.ts";
import type { MissionKpis } from "../model/mission-kpis.ts";
import { didYouMean } from "../model/near-names.ts";

const DOCUMENT = "mission_kpis.json";
const ROLES = "target_…, baseline_…, min_…, max_… or …_threshold";

/**
 * Misspelt roles, baselines that nothing is aimed from, times to be reached in no time, declarations of
 * KPIs that are not there, and directions that contradict the figures.
 */
export function findKpiFaults(record: MissionKpis): readonly Fault[] {
  const { mission_id, kpis, definitions = {} } = record;
  const names = Object.keys(kpis);
  const defined = defineKpis(record);
  const aimed = new Set(defined.map(({ kpi }) => kpi));
  const fault = (field: string, found: string, expected: string) =>
    aFault({ code: "BAD_KPI", document: DOCUMENT, record: mission_id, field, found, expected });
  const ofFigures = names.flatMap((name) => {
    const field = `kpis.${name}`;
    const parsed = parseKpiFigure(name);
    if (parsed === undefined) {
      return [fault(field, `a figure of no role${didYouMean(name, guessNames(name))}`, ROLES)];
    }
    if (parsed.role === "baseline" && !aimed.has(parsed.kpi)) {
      const hint = didYouMean(parsed.kpi, [...aimed]);
      return [fault(field, `a baseline without a target${hint}`, `target_${parsed.kpi} beside it`)];
    }
    return [];
  });
  const ofTimes = defined
    .filter(({ kpi, unit, target }) => (isTime(kpi) || isTime(unit)) && target <= 0)
    .map(({ kpi, target }) =>
      fault(`kpis.${kpi}`, `a time of ${target} to be reached`, "a time above 0"),
    );
  const ofDeclarations = Object.entries(definitions).flatMap(([kpi, declared]) => {
    const field = `definitions.${kpi}`;
    const known = defined.find((definition) => definition.kpi === kpi);
    if (known === undefined) {
      return [fault(field, `no such KPI${didYouMean(kpi, [...aimed])}`, "the name of a KPI")];
    }
    const told = directionOf(kpi, known.baseline, known.target);
    const isAgainst =
      known.baseline !== null && told !== "unknown" && declared.direction !== undefined;
    if (!isAgainst || declared.direction === told) return [];
    const found = `\`${declared.direction}\`, but the target is ${told} than the baseline`;
    return [fault(`${field}.direction`, found, told)];
  });
  return [...ofFigures, ...ofTimes, ...ofDeclarations];
}

/** KPIs of which nothing tells what is good. They are measured, and never hit or missed. */
export function findUnknownDirections(records: readonly MissionKpis[]): readonly Fault[] {
  return records.flatMap((record) =>
    defineKpis(record)
      .filter(({ direction }: KpiDefinition) => direction === "unknown")
      .map(({ kpi }) =>
        aFault({
          code: "DIRECTION_UNKNOWN",
          document: DOCUMENT,
          record: record.mission_id,
          field: `definitions.${kpi}.direction`,
          found: "nothing that tells which way is better",
          expected: "`lower` or `higher`; until then it is never hit or missed",
        }),
      ),
  );
}

/** The name with each role in the place of what it begins or ends with. */
function guessNames(name: string): readonly string[] {
  const [first = "", ...rest] = name.split("_");
  const last = rest.at(-1) ?? "";
  return [
    ...["target", "baseline", "min", "max"].map((role) => [role, ...rest].join("_")),
    [first, ...rest.slice(0, -1), last === "" ? "" : "threshold"].join("_"),
  ];
}
