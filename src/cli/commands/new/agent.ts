import { Command } from "@commander-js/extra-typings";

import { defined } from "../../../model/defined.ts";
import type { Act } from "../../command.ts";
import { printAdded } from "./common.ts";

/** What carries out an agent's tasks where nothing else is said. */
const SIMULATED = "simulated";

export function newAgentCommand(act: Act) {
  return new Command("agent")
    .argument("[agent]", "its id, for example A1")
    .description("an agent; `new task` says what it can do")
    .option("--name <text>", "what people call it")
    .option("--description <text>", "what it does")
    .option(
      "--runtime <name or json>",
      `what carries out its tasks, such as '{"kind": "module", "module": "./agents/crm.js#agent"}' (default: ${SIMULATED})`,
    )
    .action((agent, options) =>
      act(async (context) => {
        const { askMissing } = await import("../../ask-missing.ts");
        const answers = await askMissing(context, QUESTIONS, { agent, ...options });
        const { addToDocuments } = await import("../../../app/add-to-documents.ts");
        const { addAgent } = await import("../../../planning/new-records.ts");
        const { parseRuntime } = await import("./parse-json.ts");
        const { agent: agent_id = "", name = "", runtime = SIMULATED } = answers;
        const record = {
          agent_id,
          name,
          ...defined({ description: answers["description"] }),
          status: "available" as const,
          runtime: parseRuntime("--runtime", runtime),
        };
        const written = await addToDocuments(context.folder, (reference) =>
          addAgent(record, reference),
        );
        printAdded(context, { what: `agent ${agent_id}`, written, next: ["new", "task"] });
        return 0;
      }),
    );
}

const QUESTIONS = [
  { name: "agent", flag: "<agent>", message: "Its id, for example A1", isNeeded: true },
  { name: "name", flag: "--name", message: "What do people call it?", isNeeded: true },
  { name: "description", flag: "--description", message: "What does it do?" },
  {
    name: "runtime",
    flag: "--runtime",
    message: "What carries out its tasks?",
    initial: SIMULATED,
  },
] as const;
