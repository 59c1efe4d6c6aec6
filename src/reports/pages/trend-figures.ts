/** The portfolio's headline figures over its snapshots. */

import { count } from "../../model/count.ts";
import { toMs } from "../../model/time.ts";
import { BETTER, TREND_FIELDS, type TrendField } from "../portfolio-trend.ts";
import type { Portfolio } from "../portfolio.ts";
import { figure, tableOf } from "../table.ts";
import { describeChange, fieldValue, sayField } from "../trend-words.ts";
import { renderFigure } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { drawLine } from "./line-chart.ts";
import { renderAbsence } from "./section.ts";
import { renderFolded } from "./table.ts";

const BETTER_WORDS = { higher: "More is better.", lower: "Less is better." } as const;

/** One figure for each headline; a sentence where there is nothing to compare yet. */
export function renderTrend(portfolio: Portfolio): Html {
  const { snapshot, snapshots } = portfolio;
  if (snapshots.length < 2) {
    return renderAbsence("This is the first snapshot: there is no trend to show yet.");
  }
  const figures = TREND_FIELDS.map((field) => renderField(field, portfolio));
  const columns = TREND_FIELDS.map((field) => [
    sayField(field, snapshot.period),
    (each: Portfolio["snapshot"]) => figure(fieldValue(field, each[field])),
  ]);
  const table = tableOf(snapshots.toReversed(), {
    Snapshot: (each) => each.snapshot_date,
    ...Object.fromEntries(columns),
  });
  return html`<div class="figures">${figures}</div>
    ${renderFolded({ title: "The snapshots as a table", table })}`;
}

function renderField(field: TrendField, { snapshot, snapshots, trend }: Portfolio): Html {
  const words = sayField(field, snapshot.period);
  const spoken = snapshots.map(
    (each) => `${each.snapshot_date}: ${fieldValue(field, each[field])}`,
  );
  const better = BETTER[field];
  const note = better === null ? "" : ` ${BETTER_WORDS[better]}`;
  const isPercent = field === "avg_kpi_improvement_pct";
  return renderFigure({
    caption: `${words}${isPercent ? ", percent" : ""}`,
    note: `${describeChange(trend[field])} against the one before, of ${count(snapshots.length, "snapshot")}.${note}`,
    chart: drawLine(
      snapshots.map((each) => ({
        at: toMs(`${each.snapshot_date}T00:00:00Z`),
        value: each[field],
        isPointedOut: false,
      })),
      {
        label: `${words} over ${count(snapshots.length, "snapshot")}. ${spoken.join("; ")}.`,
        say: (value) => fieldValue(field, value),
        axis: "dates",
        axisName: "snapshots (UTC)",
        ...(isPercent ? {} : { smallestStep: 1 }),
      },
    ),
  });
}
