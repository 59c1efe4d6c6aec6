import { Command, Option } from "@commander-js/extra-typings";

import { MissionError } from "../../../errors.ts";
import { defined } from "../../../model/defined.ts";
import type { KpiDeclaration } from "../../../model/mission-kpis.ts";
import type { Answers } from "../../ask-missing.ts";
import type { Act } from "../../command.ts";
import { parseNumber } from "../../parse-number.ts";
import { printAdded } from "./common.ts";

const DIRECTIONS = ["lower", "higher"] as const;

export function newKpiCommand(act: Act) {
  return new Command("kpi")
    .argument("[mission]", "the mission that it measures")
    .argument("[name]", "its name, for example settlement_time_days")
    .description("what a mission is measured by: a target, or a floor or ceiling")
    .option("--baseline <number>", "where it stands without the mission")
    .option("--target <number>", "what is aimed at")
    .option("--min <number>", "a constraint: not below")
    .option("--max <number>", "a constraint: not above")
    .option("--label <text>", "what people call it (default: by its name)")
    .option("--unit <text>", "days, %, €, … (default: what its name ends with)")
    .addOption(
      new Option(
        "--direction <way>",
        "which way is better (default: from baseline to target)",
      ).choices(DIRECTIONS),
    )
    .option("--decimals <number>", "digits that are shown (default: up to 2)")
    .option("--owner <name>", "who answers for it")
    .option("--simulate-best <number>", "what the fastest simulated work observes")
    .option("--simulate-worst <number>", "what the slowest observes")
    .action((mission, name, options) =>
      act(async (context) => {
        const { askMissing } = await import("../../ask-missing.ts");
        const isConstraint = options.min !== undefined || options.max !== undefined;
        const questions = isConstraint ? QUESTIONS.slice(0, 2) : QUESTIONS;
        const answers = await askMissing(context, questions, { mission, kpi: name, ...options });
        const { addToDocuments } = await import("../../../app/add-to-documents.ts");
        const { addKpi } = await import("../../../planning/new-records.ts");
        const { mission: missionId = "", kpi = "" } = answers;
        const added = {
          missionId,
          kpi,
          figures: readFigures(kpi, answers),
          declaration: readDeclaration(answers),
        };
        const written = await addToDocuments(context.folder, (reference) =>
          addKpi(added, reference),
        );
        const what = `KPI ${kpi} of ${missionId}`;
        printAdded(context, { what, written, next: ["plan", missionId] });
        return 0;
      }),
    );
}

/** @throws MissionError `USAGE` when it is both a target and a constraint. */
function readFigures(kpi: string, answers: Answers): Record<string, number> {
  const read = (role: string) => parseNumber(`--${role}`, answers[role]);
  const figures = {
    baseline: read("baseline"),
    target: read("target"),
    min: read("min"),
    max: read("max"),
  };
  const roles = Object.entries(figures).flatMap(([role, value]) =>
    value === undefined ? [] : [[role, value] as const],
  );
  const aims = roles.filter(([role]) => role !== "baseline").map(([role]) => `--${role}`);
  if (aims.length > 1 || (figures.target === undefined && figures.baseline !== undefined)) {
    const found = roles.map(([role]) => `--${role}`).join(", ");
    const expected = "--target, with or without --baseline, or one of --min and --max";
    throw new MissionError("USAGE", `found ${found}; expected ${expected}.`);
  }
  return Object.fromEntries(roles.map(([role, value]) => [`${role}_${kpi}`, value]));
}

/** @throws MissionError `USAGE` when only one end of what is simulated is given. */
function readDeclaration(answers: Answers): KpiDeclaration {
  const best = parseNumber("--simulate-best", answers["simulateBest"]);
  const worst = parseNumber("--simulate-worst", answers["simulateWorst"]);
  if ((best === undefined) !== (worst === undefined)) {
    const found = best === undefined ? "--simulate-worst" : "--simulate-best";
    throw new MissionError("USAGE", `found ${found} alone; expected both, best and worst.`);
  }
  return defined({
    label: answers["label"],
    unit: answers["unit"],
    direction: DIRECTIONS.find((known) => known === answers["direction"]),
    decimals: parseNumber("--decimals", answers["decimals"]),
    owner: answers["owner"],
    simulate: best === undefined || worst === undefined ? undefined : { best, worst },
  });
}

const QUESTIONS = [
  { name: "mission", flag: "<mission>", message: "Which mission does it measure?", isNeeded: true },
  {
    name: "kpi",
    flag: "<name>",
    message: "Its name, for example settlement_time_days",
    isNeeded: true,
  },
  {
    name: "target",
    isNumber: true,
    flag: "--target, --min or --max",
    message: "What is aimed at?",
    isNeeded: true,
  },
  { name: "baseline", isNumber: true, flag: "--baseline", message: "Where does it stand today?" },
  { name: "label", flag: "--label", message: "What do people call it?" },
  { name: "unit", flag: "--unit", message: "In which unit?" },
  { name: "direction", flag: "--direction", message: "Which way is better?", choices: DIRECTIONS },
] as const;
