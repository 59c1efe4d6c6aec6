/** JSON Pointers (RFC 6901). */

import type { Json } from "./primitives.ts";

/** The names and positions that a pointer goes by. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What is there; undefined when nothing is. */
export function follow(value: Json | undefined, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>(child, value);
}

function child(value: Json | undefined, step: string): Json | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // Any name may be a field's, also that of what every object has.
  if (!Array.isArray(value)) return Object.hasOwn(value, step) ? value[step] : undefined;
  return /^(?:0|[1-9]\d*)$/.test(step) ? value[Number(step)] : undefined;
}
