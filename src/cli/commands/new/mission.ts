import { Command } from "@commander-js/extra-typings";

import { defined } from "../../../model/defined.ts";
import type { Act } from "../../command.ts";
import { parseNumber } from "../../parse-number.ts";
import { printAdded } from "./common.ts";

export function newMissionCommand(act: Act) {
  return new Command("mission")
    .argument("[mission]", "its id, for example M001")
    .description("a mission; its tasks and KPIs come after")
    .option("--name <text>", "what people call it")
    .option("--description <text>", "the outcome in a sentence")
    .option("--owner <name>", "who answers for it")
    .option("--time-budget <minutes>", "how long a run may take (default: by its KPI targets)")
    .option("--input-schema <file>", "what a run has to be told, as a JSON Schema")
    .action((mission, { inputSchema, ...options }) =>
      act(async (context) => {
        const { askMissing } = await import("../../ask-missing.ts");
        const answers = await askMissing(context, QUESTIONS, { mission, ...options });
        const { addToDocuments } = await import("../../../app/add-to-documents.ts");
        const { readObjectFile } = await import("../../../app/read-inputs-file.ts");
        const { addMission } = await import("../../../planning/new-records.ts");
        const { mission: mission_id = "", name: mission_name = "" } = answers;
        const input_schema =
          inputSchema === undefined ? undefined : readObjectFile("--input-schema", inputSchema);
        const record = {
          mission_id,
          mission_name,
          ...defined({
            description: answers["description"],
            owner: answers["owner"],
            time_budget_minutes: parseNumber("--time-budget", answers["timeBudget"]),
            input_schema,
          }),
        };
        const written = await addToDocuments(context.folder, (reference) =>
          addMission(record, reference),
        );
        printAdded(context, {
          what: `mission ${mission_id}`,
          written,
          next: ["new", "task", mission_id],
        });
        return 0;
      }),
    );
}

const QUESTIONS = [
  { name: "mission", flag: "<mission>", message: "Its id, for example M001", isNeeded: true },
  { name: "name", flag: "--name", message: "What do people call it?", isNeeded: true },
  { name: "description", flag: "--description", message: "The outcome in a sentence" },
  { name: "owner", flag: "--owner", message: "Who answers for it?" },
  {
    name: "timeBudget",
    isNumber: true,
    flag: "--time-budget",
    message: "How many minutes may a run take?",
  },
] as const;
