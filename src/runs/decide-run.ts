/** Records what people decide. */

import { z } from "zod";

import { checkAnswers } from "../approvals/check-answers.ts";
import { readKeyed } from "../approvals/read-decisions.ts";
import { toRecords } from "../approvals/record.ts";
import { MissionError } from "../errors.ts";
import type { DecisionSource } from "../model/decision.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { readRun } from "./read-run.ts";
import type { RunReading, RunWorld } from "./world.ts";

const decisionsSchema = z.record(z.string(), z.unknown());

/**
 * Records decisions by approval id or task id, all or none.
 *
 * @throws UnknownRunError; MissionError `UNKNOWN_APPROVAL`, `ALREADY_DECIDED`, `NOT_ALLOWED`,
 *   `NOT_AN_APPROVER`, `BAD_INPUT`; BadDocumentError when the run could not go on.
 */
export async function decideRun(
  runId: string,
  decisions: Readonly<Record<string, unknown>>,
  {
    source,
    checkJson,
    ...reading
  }: RunReading & Pick<RunWorld, "checkJson"> & { readonly source: DecisionSource },
): Promise<MissionRun> {
  const { store, policy, clock, reference } = reading;
  const given = decisionsSchema.safeParse(decisions);
  if (!given.success)
    throw new MissionError("BAD_INPUT", "Decisions are an object, by approval id.");
  // Going on asks the documents; where they are broken, nothing is decided that nobody could go on with.
  reference();
  const { run, requests } = await readRun(runId, reading);
  const pending = isEnded(run) ? [] : requests.filter(({ status }) => status === "pending");
  const settled = requests.filter((request) => !pending.includes(request));
  const { approvers } = policy().approvals;
  const read = readKeyed(new Map(Object.entries(given.data)), { pending, settled, approvers });
  const answer = await checkAnswers(read, pending, checkJson);
  if (answer.kind === "refused") {
    throw new MissionError(answer.code, answer.message, { details: { run_id: runId } });
  }
  await store.decideApprovals(
    toRecords(answer.decisions, { run_id: runId, decided_at: clock.now(), source }),
  );
  return run;
}
