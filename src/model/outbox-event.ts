/** What happened, in order: read by whoever follows the workspace, each from where it stopped. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { instantSchema } from "./primitives.ts";

export const outboxEventSchema = lazily(() =>
  z.object({
    number: z.int().min(1).describe("Grows by one with each event."),
    event: z
      .enum([
        "run-opened",
        "run-routed",
        "task-ended",
        "approval-requested",
        "approval-decided",
        "approval-voided",
        "risk-raised",
        "risk-closed",
        "run-waits",
        "run-ended",
        "run-changed",
        "run-imported",
        "run-arrived",
        "run-reopened",
        "run-archived",
        "unreadable",
      ])
      .describe(
        "What happened. `run-routed`: the agents of each task were ranked; `run-changed`: to the record of a run that had ended; `run-imported`: one that had ended elsewhere came in; `run-arrived`: one that goes on here; `run-archived`: all of it was written to the archive that `subject` names, and left; `unreadable`: whatever it was, it was changed.",
      ),
    run_id: z.string().describe("The run that it happened in."),
    subject: z
      .string()
      .describe("The task, approval, risk event or archive it is about; else empty."),
    at: instantSchema.describe("When it was written."),
    seal: z
      .string()
      .describe(
        "What it stands for: the hash of a decision, of a run's routes with their evidence, or of all that is recorded of an ended run; else empty.",
      ),
    hash: z.string().describe("SHA-256 over this event and the hash of the one before it."),
  }),
);
export type OutboxEvent = Readonly<z.infer<typeof outboxEventSchema>>;
