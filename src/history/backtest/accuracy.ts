/** How well what a policy finds fits what is on record. */

/** Shares in [0, 1], to 0.0001; null where nothing could have been right. */
export interface Accuracy {
  /** Of what was found, how much is on record. */
  readonly precision: number | null;
  /** Of what is on record, how much was found. */
  readonly recall: number | null;
}

/** Null for nothing out of nothing. */
export function toAccuracy(
  right: number,
  { found, onRecord }: { found: number; onRecord: number },
): Accuracy {
  return { precision: toShare(right, found), recall: toShare(right, onRecord) };
}

function toShare(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}
