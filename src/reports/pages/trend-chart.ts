/** The portfolio's headline figures over its snapshots. */

import { BETTER, TREND_FIELDS, type TrendField } from "../portfolio-trend.ts";
import type { Portfolio } from "../portfolio.ts";
import { tableOf, unbroken } from "../table.ts";
import { count } from "../time-words.ts";
import { FIELD_WORDS, describeChange, fieldValue } from "../trend-words.ts";
import { renderFigure } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { drawLine } from "./line-chart.ts";
import { renderAbsence } from "./section.ts";

const BETTER_WORDS = { higher: "More is better.", lower: "Less is better." } as const;

/** One figure for each headline; a sentence where there is nothing to compare yet. */
export function renderTrend(portfolio: Portfolio): Html {
  const { snapshots } = portfolio;
  if (snapshots.length < 2) {
    return renderAbsence("This is the first snapshot: there is no trend to show yet.");
  }
  const figures = TREND_FIELDS.map((field) => renderField(field, portfolio));
  return html`<div class="figures">${figures}</div>`;
}

function renderField(field: TrendField, { snapshots, trend }: Portfolio): Html {
  const words = FIELD_WORDS[field];
  const spoken = snapshots.map(
    (snapshot) => `${snapshot.snapshot_date}: ${fieldValue(field, snapshot[field])}`,
  );
  const better = BETTER[field];
  const note = better === null ? "" : ` ${BETTER_WORDS[better]}`;
  const isPercent = field === "avg_kpi_improvement_pct";
  return renderFigure({
    caption: `${words}${isPercent ? ", percent" : ""}`,
    note: `${describeChange(trend[field])} against the previous of ${count(snapshots.length, "snapshot")}.${note}`,
    chart: drawLine(
      snapshots.map((snapshot) => ({
        name: snapshot.snapshot_date,
        value: snapshot[field],
        isHollow: false,
        isPointedOut: false,
      })),
      {
        id: `trend-${field.replaceAll("_", "-")}`,
        label: `${words} over ${count(snapshots.length, "snapshot")}. ${spoken.join("; ")}.`,
        axisName: "snapshots (UTC)",
        ...(isPercent ? {} : { smallestStep: 1 }),
      },
    ),
    table: tableOf(snapshots, {
      Snapshot: (snapshot) => snapshot.snapshot_date,
      [words]: (snapshot) => unbroken(fieldValue(field, snapshot[field])),
    }),
  });
}
