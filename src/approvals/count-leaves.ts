import type { Json } from "../model/primitives.ts";

/** Plain values and empty ones, at any depth. */
export function countLeaves(value: Json): number {
  const inner = typeof value === "object" && value !== null ? Object.values(value) : [];
  return inner.length === 0 ? 1 : inner.reduce<number>((sum, child) => sum + countLeaves(child), 0);
}
