/** How sure a share of few cases is. */

/** 95 % of a normal distribution lies within so many standard deviations. */
const Z = 1.96;

/**
 * The lower end of the Wilson score interval of `hits` out of `n`, in [0, 1]: what the true share is
 * at least, at 95 %. Unlike the plain share it stays below 1 however few cases are all hits.
 * Undefined without cases.
 */
export function lowerBound(hits: number, n: number): number | undefined {
  if (n === 0) return undefined;
  const share = hits / n;
  const square = Z * Z;
  const centre = share + square / (2 * n);
  const margin = Z * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n));
  const bound = (centre - margin) / (1 + square / n);
  // Rounding may put it a hair outside.
  return Math.min(share, Math.max(0, bound));
}
