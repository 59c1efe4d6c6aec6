/** What a report is made of: sections and tables, described once for Markdown, HTML and the terminal. */

/** Green is well, yellow to be watched, red not well, grey unknown or neither. */
export type Light = "green" | "yellow" | "red" | "grey";

/** Text, a figure with or without its unit, words that belong on one line, a run, or a light with its words. */
export type Cell =
  | string
  | number
  | { readonly kind: "figure"; readonly words: string }
  | { readonly kind: "unbroken"; readonly words: string }
  | { readonly kind: "run"; readonly run_id: string }
  | { readonly kind: "light"; readonly light: Light; readonly words: string };

/** @typeParam Drawn what its cells may be besides: a page also draws. */
export interface Table<Drawn = never> {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (Cell | Drawn)[])[];
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

type Columns<Item, C> = Readonly<Record<string, (item: Item, position: number) => C>>;

const EMOJI = { green: "🟢", yellow: "🟡", red: "🔴", grey: "⚪" } as const;

/** A row for each of the items, a column for each name. */
export function tableOf<Item>(items: readonly Item[], columns: Columns<Item, Cell>): Table;
export function tableOf<Item, Drawn>(
  items: readonly Item[],
  columns: Columns<Item, Cell | Drawn>,
): Table<Drawn>;
export function tableOf<Item, C>(items: readonly Item[], columns: Columns<Item, C>) {
  const cells = Object.values(columns);
  const rows = items.map((item, position) => cells.map((cell) => cell(item, position)));
  return { header: Object.keys(columns), rows };
}

/** A figure with its unit. */
export function figure(words: string): Cell {
  return words === "" ? "" : { kind: "figure", words };
}

/** A run whose page is beside the page that names it. */
export function runCell(run_id: string): Cell {
  return { kind: "run", run_id };
}

/** Words that belong on one line, such as an instant. */
export function unbroken(words: string): Cell {
  return words === "" ? "" : { kind: "unbroken", words };
}

/** The cell where there is nothing but text. */
export function sayCell(cell: Cell): string {
  if (typeof cell !== "object") return String(cell);
  if (cell.kind === "run") return cell.run_id;
  return cell.kind === "light" ? `${EMOJI[cell.light]} ${cell.words}` : cell.words;
}
