/** Business figures in words: `3.2 days`, `€205`, `58 %`. */

import type { KpiDefinition } from "./define-kpis.ts";

type Said = Pick<KpiDefinition, "unit"> & { readonly decimals?: number | undefined };

/** Money stands behind its sign. */
const CURRENCY = /^[€$£¥]$/;
const MOST_DECIMALS = 100;

export function sayFigure(value: number, { unit, decimals }: Said): string {
  const amount = Math.abs(value);
  const digits =
    decimals === undefined
      ? String(Math.round(amount * MOST_DECIMALS) / MOST_DECIMALS)
      : amount.toFixed(decimals);
  const sign = value < 0 && Number(digits) !== 0 ? "-" : "";
  if (CURRENCY.test(unit)) return `${sign}${unit}${digits}`;
  if (unit === "") return `${sign}${digits}`;
  return `${sign}${digits} ${Number(digits) === 1 ? singular(unit) : unit}`;
}

/** Of the units that names end with. */
function singular(unit: string): string {
  return ["days", "hours", "minutes"].includes(unit) ? unit.slice(0, -1) : unit;
}
