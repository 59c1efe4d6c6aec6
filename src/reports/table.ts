/** What a report is made of: sections and tables, described once for Markdown, HTML and the terminal. */

/** Green is well, yellow to be watched, red not well, grey unknown or neither. */
export type Light = "green" | "yellow" | "red" | "grey";

/** Text, a figure, words that belong on one line, or a light with its words. */
export type Cell =
  | string
  | number
  | { readonly kind: "unbroken"; readonly words: string }
  | { readonly kind: "light"; readonly light: Light; readonly words: string };

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Section {
  readonly title: string;
  readonly table: Table;
  /** Columns that a narrow reader can do without, the least needed first. */
  readonly lesser?: readonly string[];
  /** What is said in the place of a table without rows; such a section is left out otherwise. */
  readonly absence?: string;
  readonly note?: string;
}

const EMOJI = { green: "🟢", yellow: "🟡", red: "🔴", grey: "⚪" } as const;

/** A row for each of the items, a column for each name. */
export function tableOf<Item>(
  items: readonly Item[],
  columns: Readonly<Record<string, (item: Item, position: number) => Cell>>,
): Table {
  const cells = Object.values(columns);
  const rows = items.map((item, position) => cells.map((cell) => cell(item, position)));
  return { header: Object.keys(columns), rows };
}

/** A figure with its unit, or an instant. */
export function unbroken(words: string): Cell {
  return words === "" ? "" : { kind: "unbroken", words };
}

/** The cell where there is nothing but text. */
export function sayCell(cell: Cell): string {
  if (typeof cell !== "object") return String(cell);
  return cell.kind === "light" ? `${EMOJI[cell.light]} ${cell.words}` : cell.words;
}
