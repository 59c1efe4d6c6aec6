/** `policy.json`: every threshold and weight, as data. */

import { z } from "zod";

import { budgetSchema } from "./budget.ts";
import { lazily } from "./lazily.ts";
import { personSchema } from "./primitives.ts";
import { DEFAULT_RISK_RULES, riskRuleSchema } from "./risk-rules.ts";

const weightSchema = z.number().min(0).max(100);

/** How many runs workers are at, at once; null for no limit. */
const atOnceSchema = z.int().min(1).max(1_000_000).nullable().default(null);

export const policySchema = lazily(() =>
  z.strictObject({
    execution: z
      .strictObject({
        max_concurrency: z
          .int()
          .min(1)
          .max(10_000)
          .nullable()
          .default(16)
          .describe("Agents at work at once in one run; null for no limit."),
        max_attempts: z
          .int()
          .min(1)
          .max(50)
          .default(3)
          .describe("Agent calls and refused requests a task may have before it fails."),
        retry: z
          .strictObject({
            retries_per_agent: z
              .int()
              .min(0)
              .max(10)
              .default(1)
              .describe("Failed calls repeated with the same agent before the next one is tried."),
            wait_seconds: z
              .number()
              .min(0)
              .max(3600)
              .default(0)
              .describe("Pause before a repeated call."),
          })
          .prefault({})
          .describe("Calls that failed are repeated."),
        max_asks: z
          .int()
          .min(0)
          .max(1000)
          .default(20)
          .describe(
            "Questions that an agent may put to people in one attempt; one more, and a person is told that it has failed.",
          ),
        timeout_minutes: z
          .number()
          .positive()
          .max(10_000)
          .default(60)
          .describe("An agent that has not answered by then has failed this attempt."),
      })
      .prefault({})
      .describe("How tasks are carried out."),
    routing: z
      .strictObject({
        weights: z
          .strictObject({
            speed: weightSchema.default(0.5).describe("Weight of 1 ÷ (1 + work ratio)."),
            escalation: weightSchema.default(0.5).describe("Weight of 1 − escalation rate."),
            quality: weightSchema.default(0).describe("Weight of the approval rate."),
            load: weightSchema
              .default(0)
              .describe(
                "Weight of 1 ÷ (1 + requests that wait for it + its calls under way elsewhere).",
              ),
            cost: weightSchema.default(0).describe("Weight of 1 ÷ (1 + cost per task)."),
          })
          .prefault({})
          .describe("What each criterion counts for."),
        prior: z
          .strictObject({
            work_ratio: z
              .number()
              .positive()
              .max(1_000_000)
              .default(1)
              .describe("Assumed of a new agent."),
            escalation_rate: z
              .number()
              .min(0)
              .max(1)
              .default(0.1)
              .describe("Assumed of a new agent."),
            approval_rate: z
              .number()
              .min(0)
              .max(1)
              .default(0.9)
              .describe("Assumed of a new agent."),
            strength: z
              .number()
              .min(0)
              .max(10_000)
              .default(10)
              .describe("Executions that the prior counts as."),
          })
          .prefault({})
          .describe("What is assumed before there is evidence."),
        trial_share: z
          .number()
          .min(0)
          .max(1)
          .default(0)
          .describe(
            "Share of first attempts that go to other able agents than the favourite, so that there is evidence of them; drawn for each run and task, never at a task where a person decides.",
          ),
        window: z
          .int()
          .min(1)
          .max(100_000)
          .default(100)
          .describe("Rolling window: the last attempts of an agent that its stats are made from."),
      })
      .prefault({})
      .describe("How an agent is chosen."),
    budgets: z
      .strictObject({
        run: budgetSchema.prefault({}).describe("Each run."),
        mission: budgetSchema
          .prefault({})
          .describe("All runs of one mission that start in the same calendar month (UTC)."),
        month: budgetSchema
          .prefault({})
          .describe("All runs that start in the same calendar month (UTC)."),
        at_limit: z
          .enum(["ask", "cheaper", "stop"])
          .default("ask")
          .describe(
            "Before an attempt that could pass a limit: `ask` a person; give it to the `cheaper` of the other able agents, and ask where there is none; or `stop`: the task fails.",
          ),
      })
      .prefault({})
      .describe("What may be used up. Nothing is limited unless it is said."),
    approvals: z
      .strictObject({
        due_minutes: z
          .number()
          .positive()
          .max(1_000_000)
          .default(5)
          .describe("A decision at or after this many minutes is overdue."),
        fastest_read_seconds: z
          .number()
          .min(0)
          .max(3600)
          .default(2)
          .describe("Nobody reads faster: advice about gates does not count quicker decisions."),
        approvers: z
          .array(personSchema)
          .min(1)
          .optional()
          .describe("When set, nobody else may decide."),
      })
      .prefault({})
      .describe("How people are asked."),
    risk: z
      .strictObject({
        rules: z
          .array(riskRuleSchema)
          .default([...DEFAULT_RISK_RULES])
          .describe("What raises a risk event. A list given here replaces the default one."),
      })
      .prefault({})
      .describe("What counts as a risk."),
    portfolio: z
      .strictObject({
        high_missions_at_risk: z
          .int()
          .min(1)
          .default(2)
          .describe("Missions at risk that make the verdict `high`, as an open high event does."),
        medium_missions_at_risk: z
          .int()
          .min(1)
          .default(1)
          .describe("Missions at risk that make the verdict `medium`."),
        risk_index_days: z
          .int()
          .min(1)
          .max(3660)
          .default(7)
          .describe("The risk index counts events detected in so many days."),
        risk_index_weights: z
          .strictObject({
            high: weightSchema.default(3).describe("Weight of each event of severity `high`."),
            medium: weightSchema.default(2).describe("Weight of each event of severity `medium`."),
            low: weightSchema.default(1).describe("Weight of each event of severity `low`."),
          })
          .prefault({})
          .describe("What an event of each severity adds to the risk index."),
      })
      .prefault({})
      .describe("How the portfolio is judged."),
    workers: z
      .strictObject({
        most_waiting: z
          .strictObject({
            all: z
              .int()
              .min(1)
              .max(10_000_000)
              .default(20_000)
              .describe("Of all missions together."),
            mission: z
              .int()
              .min(1)
              .max(10_000_000)
              .default(10_000)
              .describe("Of any one mission: the others keep their places."),
          })
          .prefault({})
          .describe("Runs that wait for a worker; one more is refused with `RETRY_LATER`."),
        most_at_once: z
          .strictObject({
            mission: atOnceSchema.describe("Runs of any one mission; null for no limit."),
            low: atOnceSchema.describe("Runs of this priority."),
            normal: atOnceSchema.describe("Runs of this priority."),
            high: atOnceSchema.describe("Runs of this priority."),
            critical: atOnceSchema.describe("Runs of this priority."),
          })
          .prefault({})
          .describe("Runs that all workers together carry on at once; further ones wait."),
        archive_after_days: z
          .int()
          .min(31)
          .max(100_000)
          .nullable()
          .default(null)
          .describe(
            "Once a day a worker archives what ended so long ago, as `prune --older-than` does; null for never.",
          ),
      })
      .prefault({})
      .describe("What workers take on. What a person carries on counts, and is never refused."),
    documents: z
      .strictObject({
        keep_runs: z
          .int()
          .min(1)
          .max(1_000_000)
          .default(1000)
          .describe(
            "The telemetry documents show so many runs, the newest, with all that is theirs.",
          ),
      })
      .prefault({})
      .describe("What is written out as documents. `export --format json` writes everything."),
  }),
);
export type Policy = z.infer<typeof policySchema>;

/** Runs that workers may be at, at once; null for no limit. */
export type RunLimits = Policy["workers"]["most_at_once"];

/** A policy as it is given: in its file it may name its schema, which is no part of what it says. */
export const givenPolicySchema = lazily(() =>
  policySchema.unwrap().extend({
    $schema: z
      .string()
      .optional()
      .describe("Where the schema is, for editors. Nothing else reads it."),
  }),
);
export type GivenPolicy = z.input<typeof givenPolicySchema>;

/** The policy without the name of its schema. */
export function policyOf({
  $schema: _named,
  ...policy
}: z.output<typeof givenPolicySchema>): Policy {
  return policy;
}
