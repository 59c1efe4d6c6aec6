/**
 * LangChain's serialized form of an object: LangGraph's checkpoints make something else of it when
 * they are read, or cannot be read at all. So nothing that looks like it may get into the state.
 */

/** True of an object in that form. */
export function isSerialized(value: object): boolean {
  const fields = new Map<string, unknown>(Object.entries(value));
  return typeof fields.get("lc") === "number" && typeof fields.get("type") === "string";
}

/** True of what looks like LangGraph's `Send`, of which a checkpoint drops the name: an approval of it would be of something else. */
export function isSend(value: object): boolean {
  return Object.entries(value).some(([key, field]) => key === "lg_name" && field === "Send");
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
