/** The values of those keys that are there: a key may be the name of what every object has. */
export function pick<T>(
  record: Readonly<Record<string, T>>,
  keys: readonly string[],
): Record<string, T> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = Object.hasOwn(record, key) ? record[key] : undefined;
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}
