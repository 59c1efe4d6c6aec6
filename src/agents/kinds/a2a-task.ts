/** Tasks and messages of A2A, read: what a task has come to, and what its agent asks. */

import { type Message, type Task, TaskState } from "@a2a-js/sdk";
import { z } from "zod";

import type { AgentRequest } from "../../model/agent-reply.ts";
import { defined } from "../../model/defined.ts";
import { jsonSchema } from "../../model/primitives.ts";
import { AgentCallError } from "./agent-fetch.ts";
import { titleOf } from "./interrupts.ts";

/** Of what an agent says of its failure, in characters. */
const LONGEST_REASON = 500;
/** Of what an agent calls its message, in characters. */
const LONGEST_KEY = 200;

const GOING_ON: ReadonlySet<TaskState> = new Set([
  TaskState.TASK_STATE_UNSPECIFIED,
  TaskState.TASK_STATE_SUBMITTED,
  TaskState.TASK_STATE_WORKING,
]);

function stateOf({ status }: Task): TaskState {
  return status?.state ?? TaskState.TASK_STATE_UNSPECIFIED;
}

/** @throws AgentCallError when the task came to nothing. */
export function toReply(task: Task): unknown {
  const state = stateOf(task);
  const parts = task.status?.message?.parts ?? [];
  const said = readText(parts);
  if (state === TaskState.TASK_STATE_COMPLETED) {
    return { output: readParts(task.artifacts.flatMap((artifact) => artifact.parts)) ?? said };
  }
  if (ASKING.has(state)) {
    const asked = questionOf(task);
    // What lets an agent in elsewhere is nothing to be typed here.
    const isSignIn = state === TaskState.TASK_STATE_AUTH_REQUIRED;
    const args = z.record(z.string(), jsonSchema).safeParse(readData(parts)[0]).data;
    const request: AgentRequest = {
      key: asked,
      title: titleOf(isSignIn ? `Somebody must sign in for it. ${said}` : said),
      allowed: isSignIn ? ["approve", "reject"] : ["answer", "reject"],
      ...defined({ args }),
    };
    const continuation = { task_id: task.id, context_id: task.contextId, asked };
    return { kind: "needs_input", requests: [request], continuation };
  }
  const why = said === "" ? "" : `: ${said.slice(0, LONGEST_REASON)}`;
  throw new AgentCallError(`its task came to nothing${why}`);
}

/** What tells this question of the task from another. */
export function questionOf({ id, status }: Task): string {
  return (status?.message?.messageId || status?.timestamp || id).slice(0, LONGEST_KEY);
}

const ASKING: ReadonlySet<TaskState> = new Set([
  TaskState.TASK_STATE_INPUT_REQUIRED,
  TaskState.TASK_STATE_AUTH_REQUIRED,
]);

function readData(parts: Message["parts"]): readonly unknown[] {
  return parts.flatMap(({ content }) => (content?.$case === "data" ? [content.value] : []));
}

/** Data where there is some, all of it where there is more; else the text; undefined of nothing. */
export function readParts(parts: Message["parts"]): unknown {
  const data = readData(parts);
  if (data.length > 0) return data.length === 1 ? data[0] : data;
  return readText(parts) || undefined;
}

function readText(parts: Message["parts"]): string {
  return parts
    .flatMap(({ content }) => (content?.$case === "text" ? [content.value] : []))
    .join("\n");
}

export function isGoingOn(task: Task): boolean {
  return GOING_ON.has(stateOf(task));
}

export function isAsking(task: Task): boolean {
  return ASKING.has(stateOf(task));
}
