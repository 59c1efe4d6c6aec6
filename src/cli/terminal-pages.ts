/** The portfolio and a run's report as pages for a terminal. */

import { toPlainLine, toPlainText } from "../model/plain-text.ts";
import { outcomeLight, riskLight } from "../reports/lights.ts";
import { describePortfolio, titleOfPortfolio } from "../reports/portfolio-sections.ts";
import type { Portfolio } from "../reports/portfolio.ts";
import type { RunReport } from "../reports/run-report.ts";
import { describePolish, describeRunReport, titleOfRun } from "../reports/run-sections.ts";
import { type Cell, type Section, sayCell } from "../reports/table.ts";
import { type Line, type Painted, colour, joinLines } from "./print.ts";
import type { Screen } from "./screen.ts";

/** What a line begins with that is to be typed. */
const COMMAND = "    ";

export function formatPortfolio(portfolio: Portfolio, screen: Screen): Painted {
  const { headlines, missions, kpis } = describePortfolio(portfolio);
  // Whole on lines of their own: a command that is cut cannot be typed.
  const acts = portfolio.must_act.flatMap(({ who, what, since, command }) => [
    `- ${who ?? "not named"}: ${what} (${screen.ago(since)})`,
    `${COMMAND}${command}`,
  ]);
  return formatPage(
    {
      title: titleOfPortfolio(portfolio),
      lights: [outcomeLight(portfolio.outcome), riskLight(portfolio.verdict)],
      prose: [
        portfolio.so_what,
        `Ask: ${portfolio.ask}`,
        ...(acts.length === 0 ? [] : [["Who must act:", ...acts].join("\n")]),
      ],
      sections: [headlines, missions, kpis],
    },
    screen,
  );
}

export function formatReport(report: RunReport, screen: Screen): Painted {
  const steps = report.next_steps.flatMap(({ who, what, command }, position) => [
    `${position + 1}. ${who === null ? "" : `${who}: `}${what}`,
    `${COMMAND}${command}`,
  ]);
  return formatPage(
    {
      title: titleOfRun(report),
      lights: [outcomeLight(report.outcome), riskLight(report.risk)],
      prose: [report.executive_summary, describePolish(report), steps.join("\n")],
      sections: Object.values(describeRunReport(report)),
    },
    screen,
  );
}

function formatPage(
  {
    title,
    lights,
    prose,
    sections,
  }: {
    readonly title: string;
    readonly lights: readonly Cell[];
    readonly prose: readonly string[];
    readonly sections: readonly Section[];
  },
  screen: Screen,
): Painted {
  return joinLines([
    ...screen
      .wrap(toPlainLine(title))
      .split("\n")
      .map((line) => colour("bold", line)),
    screen.wrap(lights.map(sayCell).join("  ")),
    ...prose.filter((text) => text !== "").flatMap((text) => ["", wrapProse(text, screen)]),
    ...sections.flatMap((section) => formatSection(section, screen)),
  ]);
}

/** A command stays on its line: broken up it could not be typed, nor copied. */
function wrapProse(text: string, screen: Screen): string {
  return toPlainText(text)
    .split("\n")
    .map((line) => (line.startsWith(COMMAND) ? line : screen.wrap(line)))
    .join("\n");
}

function formatSection(
  { title, table, lesser, absence = "", note = "" }: Section,
  screen: Screen,
): readonly Line[] {
  const { header, rows } = table;
  if (rows.length > 0) {
    const below = note === "" ? [] : [screen.wrap(toPlainLine(note))];
    return ["", colour("bold", title), screen.table(header, rows, lesser), ...below];
  }
  return absence === "" ? [] : ["", colour("bold", title), absence];
}
