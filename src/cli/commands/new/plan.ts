/** `new plan`: a mission drafted from a sentence, which a person looks at before anything is written. */

import { writeFileSync } from "node:fs";

import { Command } from "@commander-js/extra-typings";

import type { Config } from "../../../config.ts";
import { MissionError } from "../../../errors.ts";
import { toPlainLine } from "../../../model/plain-text.ts";
import type { PlanDescription } from "../../../planning/describe-plan.ts";
import type { PlanDraft } from "../../../planning/plan-draft.ts";
import { type Act, byOption, collect } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { parseFigures } from "../../parse-assignments.ts";
import { type Painted, joinLines } from "../../print.ts";
import { formatPlan } from "../plan.ts";
import { askForMission } from "./ask-for-mission.ts";
import { printAdded } from "./common.ts";

interface PlanOptions {
  readonly mission?: string | undefined;
  readonly figure?: readonly string[] | undefined;
  readonly save?: string | undefined;
  readonly draft?: string | undefined;
  readonly by?: string | undefined;
}

interface Proposal {
  readonly goal: string;
  readonly mission_id: string;
  readonly draft: PlanDraft;
}

export function newPlanCommand(act: Act) {
  return new Command("plan")
    .argument("[goal]", 'what you want: "Settle a car damage claim in two days"')
    .description("a mission drafted by a language model; nothing is written before you agree")
    .option("--mission <id>", "the id of the new mission")
    .option(
      "--figure <name=value>",
      "a figure that the goal does not say: baseline_x=5; repeatable",
      collect,
    )
    .option("--save <file>", "write the draft to a file instead, to be looked at")
    .option("--draft <file>", "take a draft that was saved; needs --by")
    .addOption(byOption())
    .action((goal, { figure, ...options }) =>
      act(async (context) => {
        if (options.draft !== undefined) {
          return approveSaved(context, options.draft, {
            ...options,
            figure: [figure ?? []].flat(),
          });
        }
        if (context.config.model === undefined) {
          return askForMission(act, context, options.mission);
        }
        return propose(context, goal, { ...options, figure: [figure ?? []].flat() });
      }),
    );
}

async function propose(
  context: CommandContext,
  given: string | undefined,
  { mission, save, figure = [], by }: PlanOptions,
): Promise<number> {
  const { askMissing } = await import("../../ask-missing.ts");
  const answers = await askMissing(context, QUESTIONS, { goal: given, mission });
  const { goal = "", mission: mission_id = "" } = answers;
  if (save !== undefined && figure.length > 0) {
    throw new MissionError(
      "USAGE",
      "--figure goes with --draft: what is saved is what the model said.",
    );
  }
  const { draftPlan, describeDraft } = await import("../../../app/draft-plan.ts");
  const { draft, rounds } = await draftPlan(context.folder, {
    goal,
    mission_id,
    model: modelOf(context.config),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const proposal = { goal, mission_id, draft };
  const plan = describeDraft(context.folder, draft, mission_id);
  context.print({ ...proposal, rounds, plan }, () => sayDraft(context, draft, plan));
  if (save !== undefined) {
    saveNew(save, proposal);
    context.note(
      `Saved. Nothing is added before: ${context.screen.command("new", "plan", "--draft", save, "--by", "NAME")}`,
    );
    return 0;
  }
  if (!context.isInteractive) {
    context.note(
      "Nothing was written: a person must agree. At a terminal it is asked; or keep the draft with --save FILE.",
    );
    return 3;
  }
  return agree(context, proposal, parseFigures("--figure", figure), by);
}

/** @throws MissionError `USAGE` for a file that is there. */
function saveNew(file: string, proposal: Proposal): void {
  try {
    writeFileSync(file, `${JSON.stringify(proposal, null, 2)}\n`, { flag: "wx" });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MissionError("USAGE", `--save ${file}: a new file is expected (${why}).`, {
      cause: error,
    });
  }
}

/** A model that is still drafting then is given up. */
const PATIENCE_MS = 300_000;

const QUESTIONS = [
  { name: "goal", flag: "<goal>", message: "What do you want, in a sentence?", isNeeded: true },
  {
    name: "mission",
    flag: "--mission",
    message: "The id of the new mission, for example M001",
    isNeeded: true,
  },
] as const;

function modelOf({ model }: Config): NonNullable<Config["model"]> {
  if (model === undefined) throw new Error("no model is configured");
  return model;
}

function sayFigure(said: PlanDraft["kpis"][number]["target"]): number | string {
  return said?.value ?? "to be asked for";
}

/** All that is to be written, and why. */
function sayDraft(context: CommandContext, draft: PlanDraft, plan: PlanDescription): Painted {
  const { screen } = context;
  return joinLines([formatPlan(plan, screen), "", ...sayWhy(context, draft)]);
}

function sayWhy(
  { screen }: CommandContext,
  { description, tasks, kpis, assumptions }: PlanDraft,
): readonly string[] {
  return [
    `Description: ${description}`,
    ...kpis.map(
      ({ label, direction, target, baseline, why }) =>
        `KPI ${label}: ${direction} is better, target ${sayFigure(target)}, baseline ${sayFigure(baseline)}. ${why}`,
    ),
    ...tasks.map(({ task_id, why }) => `${task_id}: ${why}`),
    ...assumptions.map((assumed) => `Assumed: ${assumed}`),
  ].map((line) => screen.wrap(toPlainLine(line)));
}

async function agree(
  context: CommandContext,
  proposal: Proposal,
  given: Readonly<Record<string, number>>,
  by: string | undefined,
): Promise<number> {
  const { confirm, isCancel, text } = await import("@clack/prompts");
  const isAgreed = await confirm({ message: "Add this mission?", initialValue: false });
  if (isAgreed !== true) {
    context.note("Nothing was written.");
    return 3;
  }
  const { missingFigures } = await import("../../../planning/plan-draft.ts");
  const { isNumber } = await import("../../parse-number.ts");
  const figures: Record<string, number> = { ...given };
  for (const { name, label, isNeeded } of missingFigures(proposal.draft)) {
    if (figures[name] !== undefined) continue;
    const answer = await text({
      message: toPlainLine(`${label}: ${name}${isNeeded ? "" : " (may stay empty)"}`),
      validate: (value) => {
        const typed = (value ?? "").trim();
        if (typed === "") return isNeeded ? "It is needed." : undefined;
        return isNumber(typed) ? undefined : "It is a number.";
      },
    });
    if (isCancel(answer)) {
      context.note("Nothing was written.");
      return 3;
    }
    if ((answer ?? "").trim() !== "") figures[name] = Number(answer);
  }
  return write(context, { proposal, figures, by: await context.decider(by) });
}

/** @throws MissionError `USAGE`, `BAD_DRAFT` */
async function approveSaved(
  context: CommandContext,
  file: string,
  { by, figure = [], mission }: PlanOptions,
): Promise<number> {
  if (by === undefined) {
    throw new MissionError("USAGE", "--draft needs --by NAME: somebody must answer for it.");
  }
  const { readObjectFile } = await import("../../../app/read-inputs-file.ts");
  const { readDraft } = await import("../../../app/draft-plan.ts");
  const { goal, mission_id, draft } = readObjectFile("--draft", file);
  const read = readDraft(JSON.stringify(draft ?? null));
  if ("faults" in read) {
    throw new MissionError("BAD_DRAFT", `${file} is no draft: ${read.faults.join("; ")}.`);
  }
  const proposal = {
    goal: typeof goal === "string" ? goal : "",
    mission_id: mission ?? (typeof mission_id === "string" ? mission_id : ""),
    draft: read.draft,
  };
  const { describeDraft } = await import("../../../app/draft-plan.ts");
  const plan = describeDraft(context.folder, proposal.draft, proposal.mission_id);
  context.note(sayDraft(context, proposal.draft, plan));
  return write(context, { proposal, figures: parseFigures("--figure", figure), by });
}

async function write(
  context: CommandContext,
  {
    proposal,
    ...agreed
  }: { proposal: Proposal; figures: Readonly<Record<string, number>>; by: string },
): Promise<number> {
  const { writeDraft } = await import("../../../app/draft-plan.ts");
  const written = await writeDraft(context.folder, { ...proposal, ...agreed });
  const { mission_id } = proposal;
  printAdded(context, { what: `mission ${mission_id}`, written, next: ["plan", mission_id] });
  return 0;
}
