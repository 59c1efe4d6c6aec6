/** Puts a value into the text of a document, and leaves every other letter of it where it is. */

import { type Node, findNodeAtLocation, parseTree } from "jsonc-parser";

/** A value that is added to a document. */
export interface Insertion {
  /** The list or object that gets it, from the document's outermost list. */
  readonly at: readonly (string | number)[];
  /** Its name in an object; absent in a list, where it comes last. */
  readonly name?: string;
  readonly value: unknown;
}

/** What is no longer than this stands on one line. */
const LINE_WIDTH = 100;

/**
 * The text with the value at the end of the list or object.
 *
 * @param text valid JSON, in which there is such a list or object.
 */
export function insertInto(text: string, { at, name, value }: Insertion): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const json = text.slice(mark.length);
  const root = parseTree(json);
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...at]);
  if (node === undefined) throw new Error(`there is no ${at.join(".")} in the document`);
  return mark + insertLast(json, node, { name, value });
}

function insertLast(
  json: string,
  node: Node,
  { name, value }: Pick<Insertion, "value"> & { name: string | undefined },
): string {
  const newline = json.includes("\r\n") ? "\r\n" : "\n";
  const last = node.children?.at(-1);
  const outer = indentAt(json, node.offset);
  const before = json.slice(node.offset, last?.offset ?? node.offset);
  const isOnLines = last === undefined || before.includes("\n") || node.parent === undefined;
  const indent =
    last !== undefined && before.includes("\n") ? indentAt(json, last.offset) : `${outer}  `;
  const item = `${name === undefined ? "" : `${JSON.stringify(name)}: `}${layOut(value, indent)}`;
  const lines = item.replaceAll("\n", newline);
  const end = node.offset + node.length - 1;
  if (last === undefined) {
    const inside = `${newline}${indent}${lines}${newline}${outer}`;
    return json.slice(0, node.offset + 1) + inside + json.slice(end);
  }
  const at = last.offset + last.length;
  const gap = isOnLines ? `${newline}${indent}` : " ";
  const rest = json.slice(at);
  // A bracket right behind the last item would stand behind the new one.
  const close = isOnLines && !json.slice(at, end).includes("\n") ? `${newline}${outer}` : "";
  return `${json.slice(0, at)},${gap}${lines}${close}${close === "" ? rest : json.slice(end)}`;
}

/** The white space that a line begins with. */
function indentAt(json: string, offset: number): string {
  const start = json.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(json.slice(start, offset))?.[0] ?? "";
}

/** JSON on one line where it fits, else a field or item a line. */
function layOut(value: unknown, indent: string): string {
  const line = toLine(value);
  if (line.length + indent.length <= LINE_WIDTH) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${layOut(item, inner)}`);
    return `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return line;
  const fields = Object.entries(value).map(
    ([name, field]) => `${inner}${JSON.stringify(name)}: ${layOut(field, inner)}`,
  );
  return `{\n${fields.join(",\n")}\n${indent}}`;
}

function toLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}: ${toLine(field)}`,
  );
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
