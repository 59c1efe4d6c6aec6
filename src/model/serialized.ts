/**
 * LangChain's serialized form of an object, and what looks like LangGraph's `Send`: checkpoints make something else of
 * them when they are written or read, or cannot be read at all. So nothing that looks like it may get into the state.
 */

/** True of an object in that form. */
export function isSerialized(value: object): boolean {
  const fields = new Map<string, unknown>(Object.entries(value));
  const isLangChain =
    typeof fields.get("lc") === "number" && typeof fields.get("type") === "string";
  return isLangChain || fields.get("lg_name") === "Send";
}

/** True when an object in that form is in the value, at any depth. Of plain JSON only. */
export function holdsSerialized(value: unknown): boolean {
  const found: unknown[] = [value];
  // The list grows while it is walked.
  for (const inner of found) {
    if (typeof inner !== "object" || inner === null) continue;
    if (isSerialized(inner)) return true;
    for (const child of Object.values(inner)) found.push(child);
  }
  return false;
}
