/** What a person at a terminal gets: tables that fit it, times of their own clock, commands they can type. */

import getWidth from "fast-string-truncated-width";
import { wrapAnsi } from "fast-wrap-ansi";

import type { Cell } from "../reports/table.ts";
import { formatTable } from "./fit-table.ts";

export interface Screen {
  /** True where a person reads; else it goes into a file or another program. */
  readonly isTerminal: boolean;
  /** Text whose lines fit, broken between words; what is indented stays so. */
  readonly wrap: (text: string) => string;
  /**
   * A table that fits the terminal; whole in a pipe.
   *
   * @param drop columns that can be done without, the least needed first.
   */
  readonly table: <Title extends string>(
    header: readonly Title[],
    rows: readonly (readonly Cell[])[],
    drop?: readonly NoInfer<Title>[],
  ) => string;
  /** An instant by the reader's clock: `2026-02-06 14:05`; empty of nothing. */
  readonly time: (instant: string | undefined) => string;
  /** The same within a day of now as people say it: `3 min ago`, `in 2 h`. */
  readonly ago: (instant: string | undefined) => string;
  /** A command as it has to be typed here, with the global options that were given. */
  readonly command: (...words: readonly string[]) => string;
}

const MINUTE_MS = 60_000;

/**
 * @param options.width characters on a line; undefined when nothing limits them.
 * @param options.given global options and their values, as they were given.
 */
export function createScreen({
  width,
  now,
  given,
}: {
  width: number | undefined;
  now: () => number;
  given: readonly string[];
}): Screen {
  return {
    isTerminal: width !== undefined,
    wrap: (text) => (width === undefined ? text : wrapLines(text, width)),
    table: (header, rows, drop = []) => formatTable(header, rows, { width, drop }),
    time: sayLocally,
    ago: (instant) => sayDistance(instant, now()) || sayLocally(instant),
    command: (...words) => ["mission-control", ...given, ...words].map(quoteForShell).join(" "),
  };
}

function wrapLines(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => {
      if (getWidth(line).width <= width) return line;
      const indent = /^ */.exec(line)?.[0] ?? "";
      const rest = wrapAnsi(line.trim(), Math.max(1, width - indent.length));
      return `${indent}${rest.replaceAll("\n", `\n${indent}`)}`;
    })
    .join("\n");
}

function sayLocally(instant = ""): string {
  if (instant === "") return "";
  const date = new Date(instant);
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())];
  return `${day.join("-")} ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

/** Empty when it is a day away or more. */
function sayDistance(instant = "", now = 0): string {
  if (instant === "") return "";
  const distance = Date.parse(instant) - now;
  const minutes = Math.round(Math.abs(distance) / MINUTE_MS);
  const hours = Math.round(minutes / 60);
  if (minutes === 0) return "now";
  if (hours >= 24) return "";
  const words = minutes < 60 ? `${minutes} min` : `${hours} h`;
  return distance < 0 ? `${words} ago` : `in ${words}`;
}

/** A word as a shell takes it. */
function quoteForShell(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
