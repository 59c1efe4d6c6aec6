import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { Scalar } from "../model/primitives.ts";
import type { Args } from "./content.ts";

/** A number as people write it; `0x10` is a mistake. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Turns edited values, which may come as text, back into the types that were asked, and keeps those
 * that really change something.
 *
 * @returns the changes, or the message that refuses them: an unknown name, a value of another type.
 */
export function coerceEdits(
  { approval_id, args }: Pick<ApprovalRequest, "approval_id" | "args">,
  edits: Args,
): { readonly edits: Args } | { readonly message: string } {
  const changed: [string, Scalar][] = [];
  for (const [name, value] of Object.entries(edits)) {
    const asked = Object.hasOwn(args, name) ? args[name] : undefined;
    if (asked === undefined) {
      const known = Object.keys(args).join(", ");
      return { message: `${approval_id} has no value "${name}" to edit, only ${known}.` };
    }
    const coerced = coerce(value, asked);
    if (coerced === undefined) {
      const wanted = `a ${typeof asked}, as ${JSON.stringify(asked)}`;
      return {
        message: `"${name}" of ${approval_id} must be ${wanted}; got ${JSON.stringify(value)}.`,
      };
    }
    if (coerced !== asked) changed.push([name, coerced]);
  }
  return { edits: Object.fromEntries(changed) };
}

function coerce(value: Scalar, asked: Scalar): Scalar | undefined {
  if (typeof value === typeof asked) return value;
  const text = String(value).trim();
  if (typeof asked === "string") return text;
  return typeof asked === "number" ? readNumber(text) : readBoolean(text);
}

/** Undefined where the text is none. */
export function readNumber(text: string): number | undefined {
  const number = Number(text);
  return DECIMAL.test(text) && Number.isFinite(number) ? number : undefined;
}

/** Undefined where the text is none. */
export function readBoolean(text: string): boolean | undefined {
  if (text === "true") return true;
  return text === "false" ? false : undefined;
}
