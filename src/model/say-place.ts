/** Places in a value and what is there, in words. */

import { toPlainLine } from "./plain-text.ts";

export type Path = readonly PropertyKey[];

/** The longest text that is repeated. */
const LONGEST_TEXT = 80;

/** A value in a few words. */
export function sayFound(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string" && value.length > LONGEST_TEXT) {
    return `a text of ${value.length} characters`;
  }
  if (value === "") return "an empty text";
  // A password in an address is not to be repeated.
  if (typeof value === "string")
    return JSON.stringify(value.replaceAll(/\/\/[^/@\s]*@/g, "//•••@"));
  if (typeof value === "object" && value !== null) return "an object";
  const isPlain = value === null || typeof value === "number" || typeof value === "boolean";
  return isPlain ? String(value) : `what is no JSON (${typeof value})`;
}

/** A path with points; an item of a list is called by its id where it has one, else counted from 1. */
export function sayPath(path: Path, root: unknown): string {
  return path
    .map((key, depth) => {
      if (typeof key !== "number") return toPlainLine(String(key).slice(0, LONGEST_TEXT));
      return idOf(valueAt(path.slice(0, depth + 1), root)) ?? String(key + 1);
    })
    .join(".");
}

/** What is at the place; undefined where there is no such place. */
export function valueAt(path: Path, root: unknown): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }, root);
}

/** What an item of a list calls itself. */
function idOf(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  const [, id] = Object.entries(item).find(([name]) => name.endsWith("_id")) ?? [];
  return typeof id === "string" && id !== "" ? id.slice(0, LONGEST_TEXT) : undefined;
}
