/** All that is printed goes through here, so that text from data cannot move the cursor or colour the screen. */

import { styleText } from "node:util";

import { toPlainLine, toPlainText } from "../model/plain-text.ts";

const PAINTED = Symbol("painted");

/** Text with colours in it. Only this module makes it, so that text from data cannot pass for it. */
export interface Painted {
  readonly [PAINTED]: string;
}

export type Line = string | Painted;

type Write = (text: string) => boolean;

/** How standard output is written to while it is kept from everybody else. */
let kept: Write | undefined;

/**
 * Keeps standard output for this program: what agents of this process print goes to standard error.
 *
 * @returns how to write there.
 */
export function keepOutput(): Write {
  if (kept !== undefined) return kept;
  const write: Write = process.stdout.write.bind(process.stdout);
  kept = write;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return write;
}

/** Prints on standard output. */
export function printLine(line: Line): void {
  const write = kept ?? ((text) => process.stdout.write(text));
  write(`${toPrintable(line)}\n`);
}

/** Prints on standard error, where it is not in the way of what is asked for. */
export function printNote(line: Line): void {
  process.stderr.write(`${toPrintable(line)}\n`);
}

/** Coloured on a terminal, and only there. */
export function colour(
  style: "green" | "red" | "yellow" | "cyan" | "dim" | "bold",
  text: string,
): Painted {
  const isPlain = !process.stdout.isTTY || (process.env["NO_COLOR"] ?? "") !== "";
  const line = toPlainLine(text);
  return { [PAINTED]: isPlain ? line : styleText(style, line) };
}

/** A line with colours: its own text stays as it is, and so does what is painted; the rest is text. */
export function paint(template: TemplateStringsArray, ...parts: readonly Line[]): Painted {
  const pieces = parts.map((part) =>
    typeof part === "string" ? toPlainLine(part) : part[PAINTED],
  );
  return { [PAINTED]: String.raw({ raw: template }, ...pieces) };
}

export function joinLines(lines: readonly Line[]): Painted {
  return { [PAINTED]: lines.map(toPrintable).join("\n") };
}

/** The same with every command that it names as it has to be typed here. @param words before the command's name. */
export function respellCommands(line: Line, words: string): Line {
  const respell = (text: string) => text.replaceAll(COMMAND, words);
  return typeof line === "string" ? respell(line) : { [PAINTED]: respell(line[PAINTED]) };
}

/** `mission-control` before the name of a command, not before an option; `init` names its folder itself. */
const COMMAND = /(?<![\w/-])mission-control(?= (?!init\b)[a-z]+\b)/g;

function toPrintable(line: Line): string {
  return typeof line === "string" ? toPlainText(line) : line[PAINTED];
}
