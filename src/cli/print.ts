/** All that is printed goes through here, so that text from data cannot move the cursor or colour the screen. */

import { stripVTControlCharacters, styleText } from "node:util";

import { toPlainLine, toPlainText } from "../model/plain-text.ts";
import type { Output } from "./surroundings.ts";

const PAINTED = Symbol("painted");

/** Text with colours in it. Only this module makes it, so that text from data cannot pass for it. */
export interface Painted {
  readonly [PAINTED]: string;
}

export type Line = string | Painted;

/** How lines are printed there: coloured where that is shown, and only there. */
export function createPrinter({ write, isColoured }: Output): (line: Line) => void {
  return (line) => {
    const text = toPrintable(line);
    write(`${isColoured ? text : stripVTControlCharacters(text)}\n`);
  };
}

/** Coloured, where it is printed so. */
export function colour(
  style: "green" | "red" | "yellow" | "cyan" | "dim" | "bold",
  text: string,
): Painted {
  return { [PAINTED]: styleText(style, toPlainLine(text), { validateStream: false }) };
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
