/** What an attempt used up. */

import { z } from "zod";

import { type Described, figureSchema } from "./primitives.ts";

const tokensSchema = z.int().min(0).max(1e12);

export const usageSchema = z.object({
  input_tokens: tokensSchema.optional().describe("Tokens that a model read."),
  output_tokens: tokensSchema.optional().describe("Tokens that a model wrote."),
  cost: figureSchema
    .min(0)
    .optional()
    .describe("What it cost, in the currency of `cost_per_task`."),
});
export type Usage = Described<typeof usageSchema>;
