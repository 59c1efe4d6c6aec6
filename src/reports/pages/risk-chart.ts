/** Risk events by severity. */

import { type RiskEvent, SEVERITIES, type Severity } from "../../model/mission-risk-events.ts";
import { severityLight } from "../lights.ts";
import type { Portfolio } from "../portfolio.ts";
import { drawBars } from "./bar-chart.ts";
import { renderFigure } from "./figure.ts";
import type { Html } from "./html.ts";
import { FILLS, type Fill } from "./palette.ts";
import { renderAbsence } from "./section.ts";

interface Count {
  readonly name: string;
  readonly fill: Fill;
  readonly of: Readonly<Record<Severity, number>>;
}

/** The events of a run, open and closed. */
export function renderRunRisks(risks: readonly RiskEvent[]): Html {
  const of = (status: RiskEvent["status"]) =>
    countBySeverity(risks.filter((risk) => risk.status === status));
  return renderCounts("Risks of this run by severity", [
    { name: "open", fill: FILLS.open, of: of("open") },
    { name: "closed", fill: FILLS.closed, of: of("closed") },
  ]);
}

/** What the risk index is made from, beside what is open. */
export function renderPortfolioRisks({ missions, recent_events }: Portfolio): Html {
  const open = countBySeverity(missions.flatMap((mission) => mission.open_events));
  const counts = [
    { name: "open now", fill: FILLS.open, of: open },
    { name: "found in the days of the index", fill: FILLS.closed, of: recent_events },
  ];
  if (counts.every(({ of }) => SEVERITIES.every((severity) => of[severity] === 0))) {
    return renderAbsence("No risk is open, and none was found in the days of the risk index.");
  }
  return renderCounts("Risk events by severity", counts);
}

function renderCounts(caption: string, counts: readonly Count[]): Html {
  const severities = SEVERITIES.toReversed();
  const words = severities.map((severity) => {
    const each = counts.map(({ name, of }) => `${of[severity]} ${name}`);
    return `${severity}: ${each.join(", ")}`;
  });
  return renderFigure({
    caption,
    legend: counts.map(({ fill, name }) => ({ fill, words: name })),
    chart: drawBars(
      severities.map((severity) => ({
        name: severity,
        bars: counts.map(({ fill, of }) => ({
          value: of[severity],
          words: String(of[severity]),
          fill,
        })),
      })),
      {
        id: "risks",
        label: `${caption}. ${words.join("; ")}.`,
        axisName: "events",
        smallestStep: 1,
      },
    ),
    table: {
      header: ["Severity", ...counts.map(({ name }) => name)],
      rows: severities.map((severity) => [
        severityLight(severity),
        ...counts.map(({ of }) => of[severity]),
      ]),
    },
  });
}

function countBySeverity(events: readonly RiskEvent[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity) =>
    events.filter((event) => event.severity === severity).length;
  return { low: count("low"), medium: count("medium"), high: count("high") };
}
