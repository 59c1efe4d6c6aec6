/** HTML out of data: text is escaped wherever it is put, so that nothing from outside is ever markup. */

import { toPlainText } from "../../model/plain-text.ts";

const MARKUP = Symbol("markup");

/** A piece of finished HTML. Only this module makes one, so that text cannot pass for it. */
export interface Html {
  readonly [MARKUP]: string;
}

type Part = string | number | Html | readonly Html[];

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

export const NOTHING: Html = { [MARKUP]: "" };

/** A template: its own text is markup, what is put in is text, in elements and in quoted attributes. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const [first = "", ...rest] = template;
  const text = rest.map((piece, position) => toMarkup(parts[position] ?? "") + piece).join("");
  return { [MARKUP]: first + text };
}

/** Markup that another program made and escaped. */
export function trustMarkup(markup: string): Html {
  return { [MARKUP]: markup };
}

export function isHtml(value: object): value is Html {
  return MARKUP in value;
}

export function isEmpty(piece: Html): boolean {
  return piece[MARKUP] === "";
}

/** The text of a whole document. */
export function toDocument(piece: Html): string {
  return `<!doctype html>\n${piece[MARKUP]}\n`;
}

function toMarkup(part: Part): string {
  if (typeof part === "string") return escapeHtml(toPlainText(part));
  if (typeof part === "number") return String(part);
  if (isList(part)) return part.map((piece) => piece[MARKUP]).join("");
  return part[MARKUP];
}

function isList(part: Html | readonly Html[]): part is readonly Html[] {
  return Array.isArray(part);
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => ENTITIES.get(mark) ?? "");
}
