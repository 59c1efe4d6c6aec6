/** Whether a task is needed (`only_if`): a pure function of the run's inputs and of the outputs before it. */

import { follow, stepsOf } from "../model/json-pointer.ts";
import type { MissionInputs } from "../model/mission-inputs.ts";
import type { Json, Scalar } from "../model/primitives.ts";
import type { ConditionTerm, TaskCondition } from "../model/task-condition.ts";

/** What conditions look at. Tasks without an output, skipped or not needed, are missing. */
export interface ConditionFacts {
  readonly mission_inputs: MissionInputs;
  /** Outputs of the tasks that it depends on. */
  readonly outputs: Readonly<Record<string, Json>>;
}

/** Undefined when the task is needed; else why it is not, in words. */
export function whyNotNeeded(condition: TaskCondition, facts: ConditionFacts): string | undefined {
  const isAll = "all" in condition;
  const terms = isAll ? condition.all : condition.any;
  const failing = terms.filter((term) => !holds(term, find(term.at, facts)));
  const isNeeded = isAll ? failing.length === 0 : failing.length < terms.length;
  if (isNeeded) return undefined;
  const told = isAll ? failing.slice(0, 1) : failing;
  return told
    .map((term) => `${term.at} is ${show(find(term.at, facts))}, not ${sayTerm(term)}`)
    .join("; ");
}

/** What a condition asks for, in words. */
export function sayCondition(condition: TaskCondition): string {
  const terms = "all" in condition ? condition.all : condition.any;
  return terms
    .map((term) => `${term.at} ${sayTerm(term)}`)
    .join("all" in condition ? " and " : " or ");
}

/** The task that a pointer goes to; undefined for the run's inputs. */
export function taskOfPointer(at: string): string | undefined {
  const [, root, taskId] = at.split("/");
  return root === "tasks" ? taskId : undefined;
}

function find(at: string, { mission_inputs, outputs }: ConditionFacts): Json | undefined {
  const [root, ...steps] = stepsOf(at);
  // A task's name comes before `output`, which is no field of what it made.
  if (root === "tasks") return follow(outputs, steps.toSpliced(1, 1));
  return follow(mission_inputs, steps);
}

function holds({ op, value }: ConditionTerm, found: Json | undefined): boolean {
  if (op === "exists") return (found !== undefined && found !== null) === (value !== false);
  if (found === undefined || found === null) return false;
  const list: readonly Json[] = Array.isArray(value) ? value : [value];
  switch (op) {
    case ">":
    case ">=":
    case "<":
    case "<=":
      return typeof found === "number" && typeof value === "number" && compare(op, found, value);
    case "==":
      return found === value;
    case "!=":
      return isScalar(found) && found !== value;
    case "in":
      return isScalar(found) && list.includes(found);
    case "contains":
      if (Array.isArray(found)) return !Array.isArray(value) && found.includes(value);
      return typeof found === "string" && typeof value === "string" && found.includes(value);
    case "starts_with":
      return typeof found === "string" && typeof value === "string" && found.startsWith(value);
  }
}

function compare(op: ">" | ">=" | "<" | "<=", found: number, value: number): boolean {
  return { ">": found > value, ">=": found >= value, "<": found < value, "<=": found <= value }[op];
}

function isScalar(value: Json): value is Scalar {
  return typeof value !== "object";
}

const WORDS = { contains: "with", starts_with: "beginning with" } as const;

function sayTerm({ op, value }: ConditionTerm): string {
  if (op === "exists") return value === false ? "missing" : "there";
  const said = op === "contains" || op === "starts_with" ? WORDS[op] : op;
  return `${said} ${JSON.stringify(value)}`;
}

function show(value: Json | undefined): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
