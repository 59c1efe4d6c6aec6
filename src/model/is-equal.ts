/** True when two JSON values say the same; a field that is undefined is a field that is missing. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [new Map<string, unknown>(), new Map<string, unknown>()];
  for (const [key, value] of Object.entries(a)) if (value !== undefined) left.set(key, value);
  for (const [key, value] of Object.entries(b)) if (value !== undefined) right.set(key, value);
  if (left.size !== right.size) return false;
  for (const [key, value] of left)
    if (!right.has(key) || !isEqual(value, right.get(key))) return false;
  return true;
}
