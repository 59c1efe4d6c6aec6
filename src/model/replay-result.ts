/** What a replay goes by, and what came of it. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { policySchema } from "./policy.ts";
import { runPlanSchema } from "./run-record.ts";

/** A value of a record, as it is compared and shown. */
const comparedSchema = lazily(() => z.union([z.string(), z.number(), z.boolean(), z.null()]));

const differenceSchema = lazily(() =>
  z.object({
    what: z.string(),
    recorded: comparedSchema,
    replayed: comparedSchema,
    /** The record contradicts its own rows, and was imported so. */
    known_at_import: z.literal(true).optional(),
  }),
);

export const replayResultSchema = lazily(() =>
  z.object({
    run_id: z.string(),
    mission_id: z.string(),
    status: z.enum(["agrees", "differs", "not_replayable"]),
    differences: z.array(differenceSchema).readonly(),
    risk_events: z
      .array(
        z.object({
          task_id: z.string().nullable(),
          risk_type: z.string(),
          severity: z.string(),
          rule_id: z.string().nullable(),
        }),
      )
      .readonly(),
    rows: z.object({ recorded: z.int(), equal: z.int() }),
    /** Why it could not be replayed. */
    reason: z.string().optional(),
  }),
);

/** What runs are replayed by that is not in their records. */
export const replayBasisSchema = lazily(() =>
  z.object({
    /** Whose risk rules they are held against. */
    policy: policySchema,
    /** By mission: of runs from before plans were kept. */
    plans: z.record(z.string(), runPlanSchema),
    /** All that are known. Who worked may no longer be able to. */
    agents: runPlanSchema.unwrap().shape.agents,
  }),
);

export type Compared = z.infer<typeof comparedSchema>;
export type Difference = Readonly<z.infer<typeof differenceSchema>>;
export type ReplayBasis = Readonly<z.infer<typeof replayBasisSchema>>;
export type ReplayResult = Readonly<z.infer<typeof replayResultSchema>>;
