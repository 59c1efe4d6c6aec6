/** One text for all equal values, to be hashed. */

import { compareText } from "./order.ts";

/**
 * JSON text that is the same for equal values: keys sorted, no white space.
 *
 * Values that JSON does not have are left out, as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => compareText(a, b)));
  });
}

/** The hash of what a text says, whatever the order of its fields; undefined when it is no JSON. */
export function hashOfJson(text: string, hash: (text: string) => string): string | undefined {
  try {
    return hash(canonicalJson(JSON.parse(text)));
  } catch {
    return undefined;
  }
}
