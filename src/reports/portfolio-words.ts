/** The board's two sentences: what it means, and what is asked. Made by rules from the same facts as the page. */

import type { Outcome } from "../kpi/sum-outcome.ts";
import type { PortfolioSnapshot } from "../model/mission-portfolio-snapshot.ts";
import { enumerate, shorten } from "../summary/phrases.ts";
import type { Act } from "./portfolio-acts.ts";
import { type PortfolioBasis, sayPortfolioBasis } from "./portfolio-basis.ts";
import type { PortfolioMission } from "./portfolio-mission.ts";
import type { TaskCost } from "./task-costs.ts";

export interface PortfolioFacts {
  readonly snapshot: PortfolioSnapshot;
  readonly outcome: Outcome;
  readonly missions: readonly PortfolioMission[];
  readonly basis: PortfolioBasis;
  readonly must_act: readonly Act[];
  readonly bottleneck: TaskCost | undefined;
}

/** How many missions at risk the board's sentence names. */
const NAMED_MISSIONS = 3;

/** What the figures mean for the business. */
export function phraseSoWhat({
  snapshot,
  outcome,
  basis,
  missions,
  bottleneck,
}: PortfolioFacts): string {
  const atRisk = missions.filter((mission) => mission.at_risk);
  const names = atRisk
    .slice(0, NAMED_MISSIONS)
    .map(
      ({ mission_name, open_risks }) => `${shorten(mission_name)} with ${enumerate(open_risks)}`,
    );
  const others = atRisk.length - names.length;
  const rest = others === 0 ? "" : `; and ${others} more`;
  const risk =
    atRisk.length === 0
      ? `No mission of ${missions.length} is at risk`
      : `${atRisk.length} of ${missions.length} missions at risk: ${names.join("; ")}${rest}`;
  const { on_target, judged } = outcome;
  const results =
    judged === 0 ? "no KPI has been measured yet" : `${on_target} of ${judged} KPIs on target`;
  const simulated = sayPortfolioBasis(basis);
  return [risk, results, phraseBottleneck(snapshot, bottleneck), simulated]
    .filter((clause) => clause !== "")
    .join("; ")
    .concat(".");
}

/** The one thing to do. */
export function phraseAsk({ must_act, snapshot }: PortfolioFacts): string {
  const [first] = must_act;
  if (first !== undefined) {
    const who = first.who === null ? "Somebody" : first.who;
    const others = must_act.length === 1 ? "" : ` (and ${must_act.length - 1} more below)`;
    return `${who} has to ${first.what}${others}.`;
  }
  const { top_bottleneck_task_id: id, top_bottleneck_task_name: name } = snapshot;
  if (id === null) return "Nothing to decide.";
  return `Nothing is overdue; to gain time, shorten "${shorten(name ?? id)}".`;
}

function phraseBottleneck(
  { top_bottleneck_task_name: name }: PortfolioSnapshot,
  bottleneck: TaskCost | undefined,
): string {
  if (bottleneck === undefined) return "";
  return `most time was lost at "${shorten(name ?? "")}", ${bottleneck.minutes} minutes in 7 days`;
}
