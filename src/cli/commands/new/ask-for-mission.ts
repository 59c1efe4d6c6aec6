/** A whole mission by the questions of `new`: what is done where no language model is configured. */

import { MissionError } from "../../../errors.ts";
import type { Act } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { newKpiCommand } from "./kpi.ts";
import { newMissionCommand } from "./mission.ts";
import { newTaskCommand } from "./task.ts";

/** @throws MissionError `USAGE` where nobody can be asked. */
export async function askForMission(
  act: Act,
  context: CommandContext,
  given: string | undefined,
): Promise<number> {
  if (!context.isInteractive) {
    const how = "configure one, or use `new mission`, `new task` and `new kpi`";
    throw new MissionError(
      "USAGE",
      `A plan from a sentence needs a language model (OPENAI_API_KEY): ${how}.`,
    );
  }
  context.note("No language model is configured (OPENAI_API_KEY): the questions of `new` instead.");
  const { askMissing } = await import("../../ask-missing.ts");
  const { confirm } = await import("@clack/prompts");
  const question = {
    name: "mission",
    flag: "--mission",
    message: "The id of the new mission, for example M001",
    isNeeded: true,
  } as const;
  const { mission = "" } = await askMissing(context, [question], { mission: given });
  const from = { from: "user" } as const;
  await newMissionCommand(act).parseAsync([mission], from);
  for (const [what, define] of [
    ["task", newTaskCommand],
    ["KPI", newKpiCommand],
  ] as const) {
    while ((await confirm({ message: `Add a ${what}?` })) === true) {
      await define(act).parseAsync([mission], from);
    }
  }
  return 0;
}
