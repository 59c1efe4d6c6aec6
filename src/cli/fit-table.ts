/** Tables of text that fit their reader's width: columns are left out, prose is cut, or cells stand below each other. */

import getWidth from "fast-string-truncated-width";
import { wrapAnsi } from "fast-wrap-ansi";

import { toPlainLine } from "../model/plain-text.ts";
import { type Cell, sayCell } from "../reports/table.ts";

interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  /** Characters, of which a wide one takes two. */
  readonly width: number;
  /** Ids, figures and times are one word each and are never cut; what has blanks in it may be. */
  readonly isProse: boolean;
}

const GAP = 2;
/** So many characters of prose still say something; so few are better than a broken line. */
const ENOUGH = 24;
const LEAST = 16;

/**
 * Columns as wide as their widest cell, as far as there is room.
 *
 * @param options.width characters on a line; undefined when nothing limits them.
 * @param options.drop columns that can be done without, the least needed first.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  { width, drop }: { width: number | undefined; drop: readonly string[] },
): string {
  const all = header.map((title, position) => toColumn(title, rows, position));
  const columns = width === undefined ? all : fitColumns(all, { width, drop });
  if (width !== undefined && widthOf(columns) > width) return formatCards(columns, width);
  return [...Array(rows.length + 1).keys()]
    .map((line) =>
      columns
        .map((column) => padEnd(shorten(column.cells[line] ?? "", column.width), column.width))
        .join(" ".repeat(GAP))
        .trimEnd(),
    )
    .join("\n");
}

/** Where not even the needful columns fit beside each other, they stand below each other. */
function formatCards(columns: readonly Column[], width: number): string {
  const [{ cells } = { cells: [] }] = columns;
  const cards = cells.slice(1).map((_, row) =>
    columns
      .map((column) => ({ name: column.cells[0] ?? "", text: column.cells[row + 1] ?? "" }))
      .filter(({ text }) => text !== "")
      .map(({ name, text }) => wrapAnsi(`${name}: ${text}`, width))
      .join("\n"),
  );
  return cards.join("\n\n");
}

function widthOf(columns: readonly Column[]): number {
  return sumOf(columns.map((column) => column.width)) + GAP * (columns.length - 1);
}

function toColumn(title: string, rows: readonly (readonly Cell[])[], position: number): Column {
  const cells = rows.map((row) => row[position] ?? "");
  const texts = [
    toPlainLine(title).toUpperCase(),
    ...cells.map((cell) => toPlainLine(sayCell(cell))),
  ];
  return {
    title,
    cells: texts,
    width: Math.max(...texts.map((text) => getWidth(text).width)),
    isProse: cells.some((cell) => typeof cell === "string" && /\S\s+\S/.test(cell)),
  };
}

/** Leaves out as few columns as give prose enough room. */
function fitColumns(
  columns: readonly Column[],
  { width, drop }: { width: number; drop: readonly string[] },
): readonly Column[] {
  for (const dropped of drop.keys()) {
    const kept = columns.filter(({ title }) => !drop.slice(0, dropped).includes(title));
    const needed = kept.map((column) =>
      column.isProse ? Math.min(column.width, ENOUGH) : column.width,
    );
    if (sumOf(needed) + GAP * (kept.length - 1) <= width) return shareRoom(kept, width);
  }
  const needful = columns.filter(({ title }) => !drop.includes(title));
  return shareRoom(needful, width);
}

/** What the other columns leave goes to prose, in equal parts as far as they are needed. */
function shareRoom(columns: readonly Column[], width: number): readonly Column[] {
  const prose = columns.filter((column) => column.isProse);
  const others = columns.filter((column) => !column.isProse);
  let room = width - sumOf(others.map((column) => column.width)) - GAP * (columns.length - 1);
  const widths = new Map<Column, number>();
  for (const [position, column] of prose.toSorted((a, b) => a.width - b.width).entries()) {
    const part = Math.max(LEAST, Math.floor(room / (prose.length - position)));
    const given = Math.min(column.width, part);
    widths.set(column, given);
    room -= given;
  }
  return columns.map((column) => ({ ...column, width: widths.get(column) ?? column.width }));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - getWidth(text).width));
}

/** Cut after a word where there is one in the second half, else within it. */
function shorten(text: string, width: number): string {
  const { index, truncated } = getWidth(text, { limit: width, ellipsis: "…" });
  if (!truncated) return text;
  const cut = text.slice(0, index);
  const end = text[index] === " " ? index : cut.lastIndexOf(" ");
  return `${(end > index / 2 ? cut.slice(0, end) : cut).trimEnd()}…`;
}
