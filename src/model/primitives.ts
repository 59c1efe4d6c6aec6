/** The small types that every document is made of. */

import { z } from "zod";

import { lazily } from "./lazily.ts";

/**
 * Every id of every document. Nothing that matches can leave a folder when used as a file name, nor
 * change an object when used as the name of a field.
 */
const ID_PATTERN = /^(?!(?:__proto__|constructor|prototype)$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/;

/** What an id must look like, in words, for messages. */
export const ID_RULE =
  "an id of 1 to 80 letters, digits, '_', '.' or '-', not starting with '.' or '-', and not '__proto__', 'constructor' or 'prototype'";

export const idSchema = z.string().regex(ID_PATTERN, { error: ID_RULE });

/** The board's page in `reports`, where every run's report is, by this name. */
const BOARD_ID = "portfolio";

/** What the id of a new run must look like, in words, for messages. */
export const RUN_ID_RULE = `${ID_RULE}, and not '${BOARD_ID}', the name of the board's page`;

/** The id that a new run is given. On many disks `Portfolio.md` and `portfolio.md` are one file. */
export const newRunIdSchema = idSchema.refine((id) => id.toLowerCase() !== BOARD_ID, {
  error: RUN_ID_RULE,
});

/** A point in time: ISO 8601, UTC, as in `2026-02-01T14:05:00Z`. */
export const instantSchema = z.iso.datetime();

/** A calendar date in UTC: `2026-02-06`. */
export const dateSchema = z.iso.date();

/** A length of time in minutes, stored to 0.01. Up to the limit that is exact, sums included. */
export const minutesSchema = z.number().min(0).max(1e12);

/**
 * The most work that one attempt may report, in minutes: nearly two years. More than 4,000 such
 * attempts, one after the other, still end before the year 9999, where instants end.
 */
export const MOST_WORK_MINUTES = 1_000_000;

/** The planned minutes of a task. Work that takes twice as long can still be reported. */
export const estimateSchema = z
  .number()
  .min(0.01)
  .max(MOST_WORK_MINUTES / 2);

/** A share in [0, 1]. */
export const ratioSchema = z.number().min(0).max(1);

/** Free text written by a person: long enough for a real reason, short enough to stay readable. */
export const reasonSchema = z.string().trim().min(1).max(10_000);

/** The most characters of a reason with the name of who gave it. */
export const LONGEST_STORED_REASON = 11_000;

/** A reason as it is stored: a person's words, with their name where it has no field of its own. */
export const storedReasonSchema = z.string().trim().min(1).max(LONGEST_STORED_REASON);

/** The name a person or program gives for itself. */
export const personSchema = z.string().trim().min(1).max(200);

/** The name of who asks for something; blank when nobody said. */
export const requesterSchema = z.string().trim().max(200);

/** Any JSON value: what an agent may return. */
export const jsonSchema = z.json();
export type Json = z.infer<typeof jsonSchema>;

/** A flat value that a person can read and change at the gate. */
export const scalarSchema = lazily(() => z.union([z.string(), z.number(), z.boolean()]));
export type Scalar = z.infer<typeof scalarSchema>;

/** The largest business figure: every cent of it is exact, and sums and percentages stay finite. */
export const LARGEST_FIGURE = 1e15;

/** A business figure. */
export const figureSchema = z.number().min(-LARGEST_FIGURE).max(LARGEST_FIGURE);

/** Figures by name, as in `{ "csat": 4.3 }`. */
export const figuresSchema = lazily(() => z.record(z.string(), figureSchema));

/** Observed business figures by KPI name. */
export type Observations = Readonly<z.infer<typeof figuresSchema>>;

/** What a schema describes, read-only, without the unknown fields that a loose object lets pass. */
export type Described<S extends z.ZodType> = {
  readonly [K in keyof z.infer<S> as string extends K ? never : K]: z.infer<S>[K];
};
