/** What an attempt used up. */

import { z } from "zod";

import { type Described, figureSchema } from "./primitives.ts";

const tokensSchema = z.int().min(0).max(1e12);

const tokens = {
  input_tokens: tokensSchema.optional().describe("Tokens that a model read."),
  output_tokens: tokensSchema.optional().describe("Tokens that a model wrote."),
};

/** In the currency of `cost_per_task`. */
export const costSchema = figureSchema.min(0);

/** As an agent says it. */
export const usageSchema = z.object({
  ...tokens,
  cost: costSchema.optional().describe("What it cost, in the currency of `cost_per_task`."),
});
export type Usage = Described<typeof usageSchema>;

/** As a row keeps it, whose cost is a field of its own. */
export const tokensUsedSchema = z.object(tokens);
