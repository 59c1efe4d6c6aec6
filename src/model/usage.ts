/** What an attempt used up. */

import { z } from "zod";

import { sumCost } from "./cost.ts";
import { defined } from "./defined.ts";
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

/** Both together; undefined where neither says anything. */
export function addUsage(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return defined({
    input_tokens: sum(one.input_tokens, other.input_tokens),
    output_tokens: sum(one.output_tokens, other.output_tokens),
    cost: sumCost([one, other]),
  });
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
}

/** As a row keeps it, whose cost is a field of its own. */
export const tokensUsedSchema = z.object(tokens);
