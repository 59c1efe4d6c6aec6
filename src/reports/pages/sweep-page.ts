/** The page of a sweep: what a threshold would flag at each of its values. */

import { count } from "../../model/count.ts";
import { type Table, figure, tableOf } from "../table.ts";
import { renderFigure } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { drawLine } from "./line-chart.ts";
import { renderPage } from "./page.ts";
import { renderDetails, renderSection } from "./section.ts";
import { renderFolded } from "./table.ts";

interface SweptPoint {
  readonly value: number;
  readonly events: number;
  readonly flagged: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

/** A sweep as it was computed. */
export interface SweptThreshold {
  readonly rule_id: string;
  readonly metric: string;
  readonly op: string;
  readonly policy_value: number;
  readonly recorded: number;
  readonly points: readonly SweptPoint[];
}

type Curve = Exclude<keyof SweptPoint, "value">;

const CURVES = ["precision", "recall", "flagged", "events"] as const satisfies readonly Curve[];

const WORDS: Record<Curve, { caption: string; note: string }> = {
  precision: {
    caption: "Precision",
    note: "Of the runs flagged, the share flagged on record, 0 to 1.",
  },
  recall: {
    caption: "Recall",
    note: "Of the runs flagged on record, the share found, 0 to 1.",
  },
  flagged: { caption: "Runs flagged", note: "Against the runs flagged on record." },
  events: { caption: "Risk events", note: "Of all rules of the policy." },
};

/** A whole HTML document, the same for equal input. */
export function renderSweepPage(sweep: SweptThreshold): string {
  const { rule_id, metric, op, policy_value, recorded } = sweep;
  return renderPage({
    title: `Sweep of ${rule_id}`,
    body: [
      html`<header>
        <p class="kind">Back-test over recorded runs</p>
        <h1>Sweep of ${rule_id}</h1>
        <p class="about">
          ${metric} ${op} value; the policy has ${policy_value}. ${count(recorded, "run")} flagged
          on record.
        </p>
        <p class="lead">${phraseOutcome(sweep)}</p>
      </header>`,
      renderSection(
        "Curves",
        html`<div class="figures">${CURVES.map((curve) => renderCurve(curve, sweep))}</div>`,
      ),
      renderDetails(renderFolded({ title: "All values", table: tabulate(sweep) })),
    ],
  });
}

/** What the policy's own value does. */
function phraseOutcome({ policy_value, points }: SweptThreshold): string {
  const own = points.find((point) => point.value === policy_value);
  if (own === undefined) return `The policy's ${policy_value} is not among the values tried.`;
  const { flagged, precision, recall } = own;
  return `The policy's ${policy_value} flags ${count(flagged, "run")}: precision ${say(precision)}, recall ${say(recall)}.`;
}

function renderCurve(curve: Curve, sweep: SweptThreshold): Html {
  const { metric, op, policy_value, recorded, points } = sweep;
  const { caption, note } = WORDS[curve];
  const isCount = curve === "flagged" || curve === "events";
  const [first, last] = [points.at(0), points.at(-1)];
  return renderFigure({
    caption,
    note: `${note} The diamond is the policy's own value.`,
    chart: drawLine(
      points.map((point) => ({
        at: point.value,
        value: point[curve],
        isPointedOut: point.value === policy_value,
      })),
      {
        label:
          first === undefined || last === undefined
            ? caption
            : `${caption} by ${metric}: ${say(first[curve])} at ${first.value}, ${say(last[curve])} at ${last.value}.`,
        say,
        axis: "figures",
        axisName: `${metric} ${op}`,
        ...(curve === "flagged"
          ? { level: { value: recorded, words: `on record: ${recorded}` } }
          : {}),
        ...(isCount ? { smallestStep: 1 } : {}),
      },
    ),
  });
}

function tabulate({ points }: SweptThreshold): Table {
  return tableOf(points, {
    Value: (point) => point.value,
    "Risk events": (point) => point.events,
    "Runs flagged": (point) => point.flagged,
    Precision: (point) => figure(say(point.precision)),
    Recall: (point) => figure(say(point.recall)),
  });
}

/** Shares to 0.01. */
function say(share: number | null): string {
  return share === null ? "–" : String(Math.round(share * 100) / 100);
}
