/** What is sent to an agent: a template of the registry, filled from the request. */

import { follow, stepsOf } from "../../model/json-pointer.ts";
import type { Json } from "../../model/primitives.ts";
import type { Template } from "../../model/runtime-settings.ts";
import type { TaskRequest } from "../../model/task-exchange.ts";

/** What an agent that is reached from the registry is told of its task. */
export function tell(request: TaskRequest): Record<string, Json> {
  const { task, attempt, idempotency_key, mission_inputs, inputs, feedback, edits } = request;
  return {
    run_id: request.run_id,
    mission_id: request.mission_id,
    task_id: task.task_id,
    instruction: edits?.["instruction"] ?? task.task,
    mission_inputs,
    inputs,
    attempt,
    idempotency_key,
    ...(feedback === undefined ? {} : { feedback }),
    ...(edits === undefined ? {} : { edits }),
  };
}

/**
 * The template with what its pointers point to; what is not there is left out of an object, and null in a list.
 */
export function fillTemplate(
  template: Template | undefined,
  request: TaskRequest,
): Record<string, Json> {
  const told = tell(request);
  if (template === undefined) return told;
  return fillFields(template, told);
}

function fill(value: Json, told: Json): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => fill(item, told) ?? null);
  if (typeof value !== "object" || value === null) return value;
  const { at } = value;
  if (typeof at === "string" && Object.keys(value).length === 1) return follow(told, stepsOf(at));
  return fillFields(value, told);
}

function fillFields(fields: Readonly<Record<string, Json>>, told: Json): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const filled = fill(value, told);
      return filled === undefined ? [] : [[name, filled] as const];
    }),
  );
}
