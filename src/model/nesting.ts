/** How deep values may be nested: what reads, compares and writes them goes down level by level. */

/** The most levels of lists and objects in an agent's output. */
export const MOST_OUTPUT_LEVELS = 100;

/** The most levels in a document's record, which may hold an output. */
export const MOST_RECORD_LEVELS = 200;

/** True when lists and objects stand in each other more than so many levels deep. Of plain JSON only. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  let level: object[] = [value].filter(isNested);
  for (let depth = 0; depth < levels && level.length > 0; depth += 1) {
    // One object may stand in many places.
    level = [...new Set(level.flatMap((outer) => Object.values(outer).filter(isNested)))];
  }
  return level.length > 0;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
