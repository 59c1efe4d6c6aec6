import { SELDOM } from "./lazily.ts";
import { type Policy, policySchema } from "./policy.ts";

/** What holds when nothing else is said. */
export const DEFAULT_POLICY: Policy = policySchema.parse({}, SELDOM);
