/** Finds what belongs to each run in a long list, in little memory. */

/** What belongs to each run, out of one list: a list for each would fill the memory. */
export function sortByRun<T extends { readonly run_id: string }>(
  items: readonly T[],
  positions: ReadonlyMap<string, number>,
): (runId: string) => readonly T[] {
  if (items.length === 0) return () => [];
  const places = new Int32Array(items.length);
  const ends = new Int32Array(positions.size + 1);
  items.forEach((item, index) => {
    const position = positions.get(item.run_id) ?? positions.size;
    places[index] = position;
    ends[position] = (ends[position] ?? 0) + 1;
  });
  for (let position = 1; position < ends.length; position += 1) {
    ends[position] = (ends[position] ?? 0) + (ends[position - 1] ?? 0);
  }
  const starts = ends.slice();
  const sorted = items.slice();
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const [item, position = 0] = [items[index], places[index]];
    const start = (starts[position] ?? 0) - 1;
    starts[position] = start;
    if (item !== undefined) sorted[start] = item;
  }
  return (runId) => {
    const position = positions.get(runId);
    return position === undefined ? [] : sorted.slice(starts[position], ends[position]);
  };
}
