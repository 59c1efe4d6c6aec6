/** Sums of money. */

/** Digits kept of sums of money. */
const PRECISION = 1_000_000;

/** Undefined where nothing says what it cost. */
export function sumCost(
  parts: readonly { readonly cost?: number | undefined }[],
): number | undefined {
  const costs = parts.flatMap(({ cost }) => cost ?? []);
  if (costs.length === 0) return undefined;
  return roundCost(costs.reduce((sum, cost) => sum + cost, 0));
}

export function roundCost(cost: number): number {
  return Math.round(cost * PRECISION) / PRECISION;
}
