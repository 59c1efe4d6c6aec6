/** One table of all that renders text from data, against characters that would be obeyed. */

import { describe, expect, it } from "vitest";

import { formatKpis, formatRequest } from "../../src/cli/format.ts";
import { type Line, colour, createPrinter, joinLines, paint } from "../../src/cli/print.ts";
import { reportError } from "../../src/cli/report-error.ts";
import { createScreen } from "../../src/cli/screen.ts";
import { formatPortfolio, formatReport } from "../../src/cli/terminal-pages.ts";
import { MissionError } from "../../src/errors.ts";
import { escapeMarkdown } from "../../src/reports/markdown.ts";
import { renderPortfolioPage } from "../../src/reports/pages/portfolio-page.ts";
import { renderRunPage } from "../../src/reports/pages/run-page.ts";
import { renderSweepPage } from "../../src/reports/pages/sweep-page.ts";
import { renderPortfolio } from "../../src/reports/render-portfolio.ts";
import { renderRunReport } from "../../src/reports/render-run-report.ts";
import { aLog, toCsv, toXes } from "../history/export/logs.ts";
import { aRequest, aRow, aTask } from "../support/builders.ts";
import { aPipe } from "../support/command-line.ts";
import { HOSTILE, OBEYED, findObeyed } from "../support/hostile.ts";
import { SAMPLE_REFERENCE, aPortfolioPage, aWaitingRunPage } from "./pages/fixtures.ts";

const SCREEN = createScreen({ width: 80, now: () => 0, given: [] });

const RENDERERS: readonly { name: string; render: (text: string) => string }[] = [
  { name: "a Markdown cell", render: escapeMarkdown },
  { name: "a run as Markdown", render: (text) => renderRunReport(aRun(text)[0]) },
  { name: "a run as a page", render: (text) => renderRunPage(...aRun(text)) },
  { name: "the portfolio as Markdown", render: (text) => renderPortfolio(aBoard(text)[0]) },
  { name: "the portfolio as a page", render: (text) => renderPortfolioPage(...aBoard(text)) },
  { name: "a sweep as a page", render: (text) => renderSweepPage(aSweep(text)) },
  { name: "CSV", render: (text) => toCsv(anEventLog(text)) },
  { name: "XES", render: (text) => toXes(anEventLog(text)) },
  { name: "a table on the terminal", render: (text) => SCREEN.table([text], [[text]]) },
  { name: "a run on the terminal", render: (text) => print(formatReport(aRun(text)[0], SCREEN)) },
  {
    name: "the portfolio on the terminal",
    render: (text) => print(formatPortfolio(aBoard(text)[0], SCREEN)),
  },
  { name: "KPIs on the terminal", render: (text) => formatKpis(aRun(text)[0].kpis, SCREEN) },
  {
    name: "a question on the terminal",
    render: (text) =>
      print(joinLines(formatRequest(aRequest({ task: text, args: { text } }), { screen: SCREEN }))),
  },
  { name: "a painted line", render: (text) => print(paint`${text} ${colour("red", text)}`) },
  { name: "a line", render: print },
  {
    name: "an error that was expected",
    render: (text) => report(new MissionError("BAD_INPUT", text), { json: false }),
  },
  {
    name: "an error as JSON",
    render: (text) =>
      report(new MissionError("BAD_INPUT", text, { details: { text } }), { json: true }),
  },
  { name: "an error that is a bug", render: (text) => report(new Error(text), { json: false }) },
];

describe.each(RENDERERS)("$name", ({ render }) => {
  it.each([HOSTILE, ...OBEYED.map((mark) => `a${mark}b`)])("obeys nothing of %j", (text) => {
    const rendered = render(text);

    expect(findObeyed(rendered)).toEqual([]);
    // It is not left out either: a reader sees that there was something.
    expect(rendered).toMatch(/\uFFFD|\\u[0-9a-f]{4}|\\b/);
  });
});

describe("colour", () => {
  const line = paint`${"\u001B[31mred"} ${colour("green", "\u001B[31mred")}`;

  it("is the only one to colour a terminal", () => {
    expect(print(line, { isColoured: true })).toBe(
      "\uFFFD[31mred \u001B[32m\uFFFD[31mred\u001B[39m\n",
    );
  });

  it("colours nothing where that is not shown", () => {
    expect(print(line)).toBe("\uFFFD[31mred \uFFFD[31mred\n");
  });
});

function aRun(text: string) {
  return aWaitingRunPage({ mission: text, task: text, reason: text, error: text, kpi: text });
}

function aBoard(mission_name: string) {
  const missions = SAMPLE_REFERENCE.missions.map((mission) => ({ ...mission, mission_name }));
  const reference = { ...SAMPLE_REFERENCE, missions };
  return aPortfolioPage({ date: "2026-02-04", reference });
}

function aSweep(metric: string) {
  const point = { value: 1, events: 1, flagged: 1, precision: null, recall: 1 };
  const points = [point, { ...point, value: 2 }];
  return { rule_id: metric, metric, op: ">", policy_value: 1, recorded: 1, points };
}

function anEventLog(task: string) {
  const rows = [aRow({ decided_by: task, decision: "approve", human_delay_minutes: 1 })];
  return aLog({ tasks: [aTask({ task })], rows });
}

function print(line: Line, { isColoured = false } = {}): string {
  const pipe = aPipe();
  createPrinter({ ...pipe, isColoured })(line);
  return pipe.written();
}

function report(error: Error, { json }: { json: boolean }): string {
  const [output, errors] = [aPipe(), aPipe()];
  const surroundings = { environment: {}, hasKeyboard: false, output, errors, keepOutput() {} };
  reportError(error, { json, given: [], surroundings });
  return output.written() + errors.written();
}
