import { Command, Option } from "@commander-js/extra-typings";

import type { NewTask } from "../../../planning/new-records.ts";
import type { Answers } from "../../ask-missing.ts";
import type { Act } from "../../command.ts";
import { parseNumber } from "../../parse-number.ts";
import { parseList, printAdded } from "./common.ts";

const STAGES = ["before", "after"] as const;

export function newTaskCommand(act: Act) {
  return new Command("task")
    .argument("[mission]", "the mission that it belongs to")
    .argument("[task]", "its id, for example T1")
    .description("a task at the end of a mission's plan, and who can do it")
    .option("--name <text>", "what is to be done")
    .option("--minutes <number>", "planned work in minutes, without waiting for people")
    .option("--after <tasks>", "tasks that come before it: T1,T2")
    .option("--agents <agents>", "who can do it: A1,A2")
    .addOption(
      new Option(
        "--approval <stage>",
        "a person decides before it, or after it on its output",
      ).choices(STAGES),
    )
    .option(
      "--only-if <json>",
      'when it is needed: {"at": "/mission_inputs/x", "op": ">", "value": 1}',
    )
    .action((missionId, taskId, options) =>
      act(async (context) => {
        const { askMissing } = await import("../../ask-missing.ts");
        const given = { mission: missionId, task: taskId, ...options };
        const answers = await askMissing(context, QUESTIONS, given);
        const { addToDocuments } = await import("../../../app/add-to-documents.ts");
        const { addTask } = await import("../../../planning/new-records.ts");
        const { parseCondition } = await import("./parse-json.ts");
        const task = readTask(answers);
        const condition = parseCondition("--only-if", answers["onlyIf"]);
        const whole = {
          ...task,
          task: { ...task.task, ...(condition === undefined ? {} : { only_if: condition }) },
        };
        const written = await addToDocuments(context.folder, (reference) =>
          addTask(whole, reference),
        );
        const what = `task ${task.task.task_id} of ${task.missionId}`;
        printAdded(context, { what, written, next: ["plan", task.missionId] });
        return 0;
      }),
    );
}

function readTask(answers: Answers): NewTask {
  const { mission = "", task = "", name = "", approval } = answers;
  const stage = STAGES.find((known) => known === approval);
  return {
    missionId: mission,
    task: {
      task_id: task,
      task: name,
      depends_on: [...(parseList(answers["after"]) ?? [])],
      estimated_duration_minutes: parseNumber("--minutes", answers["minutes"]) ?? 0,
      requires_human_approval: stage !== undefined,
      ...(stage === undefined ? {} : { approval_stage: stage }),
    },
    agents: parseList(answers["agents"]),
  };
}

const QUESTIONS = [
  {
    name: "mission",
    flag: "<mission>",
    message: "Which mission does it belong to?",
    isNeeded: true,
  },
  { name: "task", flag: "<task>", message: "Its id, for example T1", isNeeded: true },
  { name: "name", flag: "--name", message: "What is to be done?", isNeeded: true },
  {
    name: "minutes",
    isNumber: true,
    flag: "--minutes",
    message: "How many minutes of work?",
    isNeeded: true,
  },
  { name: "agents", flag: "--agents", message: "Who can do it? (A1,A2)", isNeeded: true },
  { name: "after", flag: "--after", message: "Which tasks come before it? (T1,T2)" },
  {
    name: "approval",
    flag: "--approval",
    message: "Does a person decide, before it or after it?",
    choices: STAGES,
  },
] as const;
