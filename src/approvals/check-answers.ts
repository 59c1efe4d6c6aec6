/** Whether answers are what the agents asked for. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { CheckJson } from "../model/json-schema.ts";
import type { Json } from "../model/primitives.ts";
import { type Reading, type Refusal, refuse } from "./read-decisions.ts";

/** The reading; refused where an answer is not what its question's schema says. */
export async function checkAnswers<R extends Reading>(
  reading: R,
  pending: readonly ApprovalRequest[],
  checkJson: CheckJson,
): Promise<R | Refusal> {
  if (reading.kind !== "decided") return reading;
  for (const [id, { value }] of reading.decisions) {
    const schema = pending.find(({ approval_id }) => approval_id === id)?.question?.schema;
    if (value === undefined || schema === undefined) continue;
    const objections = await say(schema, value, checkJson);
    if (objections.length === 0) continue;
    return refuse(
      "NOT_ALLOWED",
      `The answer to ${id} is not what was asked: ${objections.join("; ")}.`,
    );
  }
  return reading;
}

/** A schema that is none asks for nothing: its agent sees to the answer itself. */
async function say(
  schema: Readonly<Record<string, Json>>,
  value: Json,
  checkJson: CheckJson,
): Promise<readonly string[]> {
  try {
    return await checkJson(schema, value);
  } catch {
    return [];
  }
}
