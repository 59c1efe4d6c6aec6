import type { Json } from "../model/primitives.ts";
import { readBoolean, readNumber } from "./coerce-edits.ts";

/**
 * An answer as the agent's schema wants it, where it came as text: what a person types is text. What cannot be turned
 * is left as it is, for the schema to refuse.
 */
export function coerceAnswer(value: Json, schema: Json = {}): Json {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return value;
  const { type, properties = {} } = schema;
  if (typeof value === "string") {
    if (type === "number" || type === "integer") return readNumber(value.trim()) ?? value;
    if (type === "boolean") return readBoolean(value.trim()) ?? value;
    return value;
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || typeof properties !== "object" || properties === null) return value;
  const known = new Map(Object.entries(properties));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, coerceAnswer(inner, known.get(name))]),
  );
}
