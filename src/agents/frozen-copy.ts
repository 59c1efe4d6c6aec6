/** A copy of plain data that nobody can change, at any depth: in strict code, trying throws. */
export function frozenCopy<T>(value: T): T {
  const copy = structuredClone(value);
  const found: unknown[] = [copy];
  // The list grows while it is walked.
  for (const inner of found) {
    if (typeof inner !== "object" || inner === null) continue;
    Object.freeze(inner);
    for (const child of Object.values(inner)) found.push(child);
  }
  return copy;
}
