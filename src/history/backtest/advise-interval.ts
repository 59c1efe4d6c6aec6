/** How sure a share of few cases is. */

/** What lies below the interval of 95 %. */
const BELOW = 0.025;
/** Halvings of the interval that the bound is sought in: to the last digit of a number. */
const HALVINGS = 60;

/**
 * The lower end of the exact 95 % interval (Clopper–Pearson) of `hits` out of `n`, in [0, 1]: what the
 * true share is at least. It stays below 1 however few cases are all hits. Undefined without cases.
 */
export function lowerBound(hits: number, n: number): number | undefined {
  if (n === 0) return undefined;
  if (hits === 0) return 0;
  const start = logChoose(n, hits);
  let low = 0;
  let high = hits / n;
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const share = (low + high) / 2;
    if (chanceOfAtLeast(hits, n, { share, start }) < BELOW) low = share;
    else high = share;
  }
  return low;
}

/** The chance of so many hits or more, where each case is one with probability `share` below hits ÷ n. */
function chanceOfAtLeast(
  hits: number,
  n: number,
  { share, start }: { share: number; start: number },
): number {
  if (share <= 0) return 0;
  const odds = share / (1 - share);
  let term = Math.exp(start + hits * Math.log(share) + (n - hits) * Math.log1p(-share));
  let sum = term;
  // Above the mean each term is smaller than the one before.
  for (let k = hits; k < n && term > sum * Number.EPSILON; k += 1) {
    term *= ((n - k) / (k + 1)) * odds;
    sum += term;
  }
  return sum;
}

/** The logarithm of the number of ways to choose `k` of `n`. */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= Math.min(k, n - k); i += 1) sum += Math.log((n - i + 1) / i);
  return sum;
}
