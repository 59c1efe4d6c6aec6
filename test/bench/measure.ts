/** Small tools of the benchmarks. */

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds for so many calls, never more than `width` of them at once. */
export async function inFlight(
  count: number,
  width: number,
  call: (number: number) => Promise<void>,
): Promise<number> {
  return timed(async () => {
    let next = 0;
    const lane = async () => {
      while (next < count) {
        next += 1;
        await call(next);
      }
    };
    await Promise.all(Array.from({ length: width }, lane));
  });
}

/** Prints figures of one benchmark, to three digits. */
export function report(title: string, figures: Readonly<Record<string, number | string>>): void {
  const lines = Object.entries(figures).map(
    ([name, value]) =>
      `  ${name}: ${typeof value === "number" ? Number(value.toPrecision(3)) : value}`,
  );
  process.stdout.write(`${[title, ...lines].join("\n")}\n`);
}

/** The middle of some values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
