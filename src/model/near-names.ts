/** Names that somebody may have meant. */

/** Names that differ by so many letters at most, or by a third of their length. */
const FARTHEST = 2;

/** Those of the names that are like the one given, the nearest first. */
export function nearNames(given: string, names: readonly string[]): readonly string[] {
  return names
    .map((name) => ({ name, distance: distanceOf(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(FARTHEST, name.length / 3))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ name }) => name);
}

/** `; did you mean …?`, or nothing. */
export function didYouMean(given: string, names: readonly string[]): string {
  const near = nearNames(given, names).slice(0, 3);
  return near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
}

/** Letters to put in, take out or change to make one of the other. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, position) => position);
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split("").entries()) {
      const changed = (row[j] ?? 0) + Number(letter !== other);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
