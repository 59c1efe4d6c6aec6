/** The small types that every document is made of. */

import { z } from "zod";

/** Every id of every document. Nothing that matches can leave a folder when used as a file name. */
const ID_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/;

/** What an id must look like, in words, for messages. */
export const ID_RULE =
  "an id of 1 to 80 letters, digits, '_', '.' or '-', not starting with '.' or '-'";

export const idSchema = z.string().regex(ID_PATTERN, { error: ID_RULE });

/** A point in time: ISO 8601, UTC, as in `2026-02-01T14:05:00Z`. */
export const instantSchema = z.iso.datetime();

/** A calendar date in UTC: `2026-02-06`. */
export const dateSchema = z.iso.date();

/** A length of time in minutes, stored to 0.01. */
export const minutesSchema = z.number().min(0);

/** A share in [0, 1]. */
export const ratioSchema = z.number().min(0).max(1);

/** Free text written by a person: long enough for a real reason, short enough to stay readable. */
export const reasonSchema = z.string().trim().min(1).max(10_000);

/** The name a person or program gives for itself. */
export const personSchema = z.string().trim().min(1).max(200);

/** Any JSON value: what an agent may return. */
export const jsonSchema = z.json();
export type Json = z.infer<typeof jsonSchema>;

/** A flat value that a person can read and change at the gate. */
export const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalarSchema>;

/** Figures by name, as in `{ "csat": 4.3 }`. */
export const figuresSchema = z.record(z.string(), z.number());

/** Observed business figures by KPI name: finite and not negative. */
export const observationsSchema = z.record(z.string(), z.number().min(0));
export type Observations = Readonly<z.infer<typeof observationsSchema>>;

/** What a schema describes, read-only, without the unknown fields that a loose object lets pass. */
export type Described<S extends z.ZodType> = {
  readonly [K in keyof z.infer<S> as string extends K ? never : K]: z.infer<S>[K];
};
