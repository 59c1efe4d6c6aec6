/** Round numbers for an axis. */

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

/** What is smaller than this counts as nothing. */
const LEAST_STEP = 1e-12;
const STEPS = [1, 2, 5, 10];

/**
 * The shortest axis of about four round steps that holds zero and all values.
 *
 * @param smallestStep 1 for what is counted.
 */
export function scaleFromZero(values: readonly number[], smallestStep = 0): Scale {
  return toScale(Math.min(0, ...values), Math.max(0, ...values), smallestStep);
}

/** The same for lines, which may start elsewhere when they are far from zero for what they differ by. */
export function scaleAround(values: readonly number[], smallestStep = 0): Scale {
  if (values.length === 0) return scaleFromZero(values, smallestStep);
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  if (span === 0 || span > low / 2) return scaleFromZero(values, smallestStep);
  return toScale(low - span / 10, low + span, smallestStep);
}

/** The round numbers on an axis, from one end to the other. */
export function ticksOf({ min, max, interval }: Scale): readonly number[] {
  const steps = Math.round((max - min) / interval);
  return Array.from({ length: steps + 1 }, (_, step) => tidy(min + step * interval));
}

function toScale(from: number, to: number, smallestStep: number): Scale {
  const interval = Math.max(roundStep((to - from) / 4), smallestStep);
  const min = tidy(Math.floor(tidy(from / interval)) * interval);
  const max = tidy(Math.ceil(tidy(to / interval)) * interval);
  return { min, max: max === min ? min + interval : max, interval };
}

/** The smallest of 1, 2, 5 times a power of ten that is no less; 1 of nothing. */
function roundStep(step: number): number {
  if (step < LEAST_STEP) return 1;
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = STEPS.find((candidate) => candidate >= tidy(step / power)) ?? 10;
  return tidy(factor * power);
}

/** Without the dust of binary fractions. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
