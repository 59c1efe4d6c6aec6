/** Faults of a policy's risk rules that its schema cannot see. */

import { canonicalJson } from "../model/canonical-json.ts";
import { type Fault, aFault } from "../model/fault.ts";
import { DEFAULT_RISK_RULES, type RiskCondition, type RiskRule } from "../model/risk-rules.ts";
import { lookUp, parseKpiMetric } from "./metric.ts";
import { KPI_METRICS, RUN_METRICS } from "./run-metrics.ts";
import { TASK_METRICS } from "./task-metrics.ts";

/** The built-in rules name KPIs of the sample; where a workspace has none such, they never hold. */
const BUILT_IN = new Set(DEFAULT_RISK_RULES.map((rule) => canonicalJson(rule)));

/**
 * Every fault of the rules: duplicate ids, unknown metrics, metrics out of scope, thresholds that no
 * value can reach or that every value does.
 *
 * @param kpis names of all KPIs that some mission has.
 * @param document how the policy is called in messages.
 */
export function findRuleFaults(
  rules: readonly RiskRule[],
  { kpis, document }: { kpis: ReadonlySet<string>; document: string },
): readonly Fault[] {
  const seen = new Set<string>();
  const circles = findCircles(rules);
  return rules.flatMap((rule, position) => {
    const at = { document, record: `rule ${rule.rule_id}` };
    const isRepeated = seen.has(rule.rule_id);
    seen.add(rule.rule_id);
    const isBuiltIn = BUILT_IN.has(canonicalJson(rule));
    return [
      ...(isRepeated
        ? [
            aFault({
              code: "DUPLICATE_RULE",
              ...at,
              field: `risk.rules.${position}.rule_id`,
              found: "an earlier rule has this id",
              expected: "a rule_id of its own",
            }),
          ]
        : []),
      ...(circles.has(rule.risk_type)
        ? [
            aFault({
              code: "CIRCULAR_SUPERSEDES",
              ...at,
              field: `risk.rules.${position}.supersedes`,
              found: `${rule.risk_type} supersedes itself, perhaps through others`,
              expected: "one of the types to stand",
            }),
          ]
        : []),
      ...rule.when.all.flatMap((condition, index) => {
        const field = `risk.rules.${position}.when.all.${index}`;
        const wrong = whatIsWrong(condition, rule, isBuiltIn ? undefined : kpis);
        return wrong === undefined ? [] : [aFault({ ...wrong, ...at, field })];
      }),
    ];
  });
}

/** @param kpis the names to check against; absent for rules that need not fit this workspace. */
function whatIsWrong(
  { metric, op, value }: RiskCondition,
  { scope }: RiskRule,
  kpis: ReadonlySet<string> | undefined,
): Pick<Fault, "code" | "found" | "expected"> | undefined {
  const ofKpi = parseKpiMetric(metric);
  const known =
    ofKpi === undefined
      ? (lookUp(TASK_METRICS, metric) ?? lookUp(RUN_METRICS, metric))
      : lookUp(KPI_METRICS, ofKpi.part);
  const found = `metric ${JSON.stringify(metric)}`;
  if (known === undefined) return { code: "UNKNOWN_METRIC", found, expected: `one of ${list()}` };
  if (ofKpi !== undefined && kpis !== undefined && !kpis.has(ofKpi.kpi)) {
    const names = kpis.size === 0 ? "none" : [...kpis].toSorted().join(", ");
    const expected = `a KPI that some mission has (${names})`;
    return { code: "UNKNOWN_KPI", found, expected };
  }
  if (scope === "run" && lookUp(TASK_METRICS, metric) !== undefined) {
    const expected = "a metric of the run or of a KPI, or the scope task";
    return { code: "METRIC_OUT_OF_SCOPE", found: `${found} in a rule about a run`, expected };
  }
  const { least, most = Infinity, unit } = known;
  const isNever =
    (op === "<" && value <= least) ||
    (op === ">" && value >= most) ||
    ((op === "<=" || op === "==") && value < least) ||
    ((op === ">=" || op === "==") && value > most);
  const isAlways =
    (op === ">=" && value <= least) ||
    (op === "<=" && value >= most) ||
    (op === ">" && value < least) ||
    (op === "<" && value > most);
  const isBroken = unit === "count" && op === "==" && ofKpi === undefined && value % 1 !== 0;
  if (!isNever && !isAlways && !isBroken) return undefined;
  return {
    code: "IMPOSSIBLE_THRESHOLD",
    found: `${metric} ${op} ${value} ${isAlways ? "always" : "never"} holds`,
    expected: isBroken ? "a whole number" : "a threshold that some values pass and others do not",
  };
}

/** Risk types that are superseded by what they supersede: none of them would ever be raised. */
function findCircles(rules: readonly RiskRule[]): ReadonlySet<string> {
  const below = new Map<string, readonly string[]>();
  for (const { risk_type, supersedes = [] } of rules) {
    below.set(risk_type, [...(below.get(risk_type) ?? []), ...supersedes]);
  }
  const reaches = (from: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    const open = [...(below.get(from) ?? [])];
    for (let type = open.pop(); type !== undefined; type = open.pop()) {
      if (reached.has(type)) continue;
      reached.add(type);
      open.push(...(below.get(type) ?? []));
    }
    return reached;
  };
  return new Set([...below.keys()].filter((type) => reaches(type).has(type)));
}

/** Every name a condition may have. */
function list(): string {
  const ofKpi = Object.keys(KPI_METRICS).map((part) => `kpi.<name>.${part}`);
  return [...Object.keys(TASK_METRICS), ...Object.keys(RUN_METRICS), ...ofKpi].join(", ");
}
