/** What exactly a person is asked about: its values, its hash, and how edits change it. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { ApprovalStage } from "../model/decision.ts";
import { type MissionInputs, keepInputs } from "../model/mission-inputs.ts";
import type { Json, Scalar } from "../model/primitives.ts";
import { BY_PATH, type Naming } from "./labels.ts";

/** Turns text into its SHA-256, as hexadecimal. Handed in: rules have no cryptography. */
export type Hash = (text: string) => string;

/** Values by name: what the question shows, and what an edit may change. */
export type Args = Readonly<Record<string, Scalar>>;

/** More than this, and nobody reads it: the rest is left out of the question. */
const MOST_ARGS = 200;
const LONGEST_TEXT = 20_000;

/** Marks an input that is too large to show: its hash stands for it. */
export const OUTPUT_REF = "$output_ref";

/**
 * The hash that binds a decision to what was asked.
 *
 * @param subject `content` is the inputs or the output; `mission_inputs` count where there are any.
 */
export function contentHash(
  {
    mission_inputs,
    ...subject
  }: {
    task_id: string;
    agent_id: string;
    stage: ApprovalStage;
    content: unknown;
    mission_inputs: MissionInputs;
  },
  hash: Hash,
): string {
  return hash(canonicalJson({ mission_inputs: keepInputs(mission_inputs), ...subject }));
}

/**
 * The plain values inside a JSON value by name, which is their path (`T1.customer.name`) where `nameOf`
 * knows no other; a plain value itself by `name`. Without `null`, which breaks the inbox's page.
 */
export function flatten(value: Json, name: string, nameOf: Naming = BY_PATH): Args {
  const found: [string, Scalar][] = [];
  const visit = (inner: Json, path: string) => {
    if (found.length >= MOST_ARGS || inner === null) return;
    if (typeof inner === "string" && inner.length > LONGEST_TEXT) return;
    if (typeof inner !== "object") {
      found.push([nameOf(path), inner]);
      return;
    }
    for (const [key, child] of Object.entries(inner)) {
      if (key !== OUTPUT_REF) visit(child, join(path, key));
    }
  };
  visit(value, typeof value === "object" ? "" : name);
  return Object.fromEntries(found);
}

/** The JSON value with the values of the edited names replaced; other names are ignored. */
export function applyEdits(value: Json, edits: Args, name: string, nameOf: Naming = BY_PATH): Json {
  const visit = (inner: Json, path: string): Json => {
    if (Array.isArray(inner)) {
      return inner.map((child, position) => visit(child, join(path, String(position))));
    }
    if (typeof inner === "object" && inner !== null) {
      return Object.fromEntries(
        Object.entries(inner).map(([key, child]) => [key, visit(child, join(path, key))]),
      );
    }
    const known = nameOf(path);
    return Object.hasOwn(edits, known) ? (edits[known] ?? inner) : inner;
  };
  return visit(value, typeof value === "object" ? "" : name);
}

/** What an edit changed, for people: `amount: 1250 → 990`, or what was answered; empty without either. */
export function describeEdits({
  args,
  edits = {},
  value,
}: Pick<ApprovalRequest, "args" | "edits" | "value">): string {
  if (value !== undefined) return typeof value === "string" ? value : canonicalJson(value);
  return Object.entries(edits)
    .map(([name, changed]) => `${name}: ${args[name] ?? "–"} → ${changed}`)
    .join(", ");
}

/** No two values have the same path, whatever their keys are. */
function join(path: string, key: string): string {
  const step = /^[^.[\]"]+$/.test(key) ? key : `[${JSON.stringify(key)}]`;
  return path === "" ? step : `${path}${step === key ? "." : ""}${step}`;
}
