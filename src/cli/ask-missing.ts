/** What a command needs and was not given as flags: asked for at a terminal, named otherwise. */

import { isCancel, select, text } from "@clack/prompts";

import { MissionError } from "../errors.ts";
import { toPlainLine } from "../model/plain-text.ts";
import type { CommandContext } from "./context.ts";
import { isNumber } from "./parse-number.ts";

export interface Question {
  /** The field that is given, and how it is said on the command line: `--name`, `<mission>`. */
  readonly name: string;
  readonly flag: string;
  readonly message: string;
  /** Without an answer there is nothing to add. */
  readonly isNeeded?: true;
  /** What stands there before anything is typed. */
  readonly initial?: string;
  readonly choices?: readonly string[];
  readonly isNumber?: true;
}

export type Answers = Readonly<Record<string, string | undefined>>;

/**
 * The answers that were given, and those of the person at the terminal.
 *
 * @throws MissionError `USAGE` naming all that is needed, where nobody can be asked or nobody answers.
 */
export async function askMissing(
  context: Pick<CommandContext, "isInteractive">,
  questions: readonly Question[],
  given: Answers,
): Promise<Answers> {
  const missing = questions.filter(({ name }) => given[name] === undefined);
  const needed = missing.filter(({ isNeeded }) => isNeeded === true);
  // Who gives all that is needed by flags wants no questions.
  if (needed.length === 0) return given;
  if (!context.isInteractive) {
    const flags = needed.map(({ flag }) => flag).join(", ");
    throw new MissionError(
      "USAGE",
      `Needed and not given: ${flags}. On a terminal it is asked for.`,
    );
  }
  let answers = given;
  for (const question of missing) {
    const answer = await ask(question);
    if (answer !== "") answers = { ...answers, [question.name]: answer };
  }
  return answers;
}

async function ask(question: Question): Promise<string> {
  const { message, isNeeded, initial, choices } = question;
  const words = toPlainLine(isNeeded === true ? message : `${message} (may stay empty)`);
  const answer =
    choices === undefined
      ? await text({
          message: words,
          ...(initial === undefined ? {} : { initialValue: toPlainLine(initial) }),
          validate: (value) => whatIsWrong((value ?? "").trim(), question),
        })
      : await select<string>({
          message: toPlainLine(message),
          options: ["", ...choices].map((value) => ({ value, label: value || "none" })),
        });
  if (isCancel(answer)) throw new MissionError("USAGE", "Nothing was added.");
  return (answer ?? "").trim();
}

function whatIsWrong(answer: string, question: Question): string | undefined {
  if (answer === "") return question.isNeeded === true ? "It is needed." : undefined;
  return question.isNumber === true && !isNumber(answer) ? "It is a number." : undefined;
}
