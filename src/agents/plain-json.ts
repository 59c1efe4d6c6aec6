/** A copy of any value as plain JSON, or why there is none: what an agent hands over may be anything. */

import { MOST_OUTPUT_LEVELS } from "../model/nesting.ts";
import type { Json } from "../model/primitives.ts";
import { isSend, isSerialized } from "../model/serialized.ts";
import { describeThrown } from "./describe-thrown.ts";

/** The largest output, in characters of its JSON text (about): it is kept, hashed and read whole. */
export const LARGEST_OUTPUT = 16 * 1024 * 1024;

/** What is counted for a value besides its text: quotes, a comma, a bracket. */
const VALUE_SIZE = 4;
/** And for the name of a field: quotes and a colon. */
const NAME_SIZE = 3;

/** The longest name or path that a message repeats. */
const LONGEST_NAME = 200;

/** Half of a character that takes two; JSON text in UTF-8 has no place for it. */
const HALF_CHARACTER = /\p{Surrogate}/gu;

/**
 * Copies a value that should be JSON. Nothing of the original is in the copy; each field is read once,
 * and no `toJSON` is called. Fields that are undefined are left out, and half characters replaced.
 *
 * @param name what the value is called in messages.
 * @throws Error saying what is no JSON and where: a function, a date, a number that is none, a
 *   circle, more than 100 levels, more than 16 MB, a getter that throws.
 */
export function copyPlainJson(value: unknown, name: string): Json {
  let left = LARGEST_OUTPUT;
  /** Names and positions on the way to what is being copied, and the lists and objects that it is in. */
  const way: (string | number)[] = [];
  const within: object[] = [];

  function take(size: number): void {
    left -= size;
    if (left < 0) throw new Error(`${name} is larger than ${LARGEST_OUTPUT} characters of JSON`);
  }

  function refusal(what: string): Error {
    return refusalAt(pathOf(name, way), what);
  }

  function copy(inner: unknown): Json {
    take(VALUE_SIZE);
    switch (typeof inner) {
      case "string":
        return copyText(inner);
      case "number":
        if (!Number.isFinite(inner)) throw refusal(`is ${inner}, which JSON does not have`);
        // Adding 0 turns -0, which JSON does not keep, into 0.
        return inner + 0;
      case "boolean":
        return inner;
      case "object":
        return inner === null ? null : copyNested(inner);
      case "undefined":
        throw refusal("is missing (undefined)");
      case "bigint":
      case "function":
      case "symbol":
        throw refusal(`is a ${typeof inner}, which JSON does not have`);
    }
  }

  function copyText(text: string): string {
    take(text.length);
    return repairText(text);
  }

  function copyNested(inner: object): Json {
    if (within.includes(inner)) throw refusal("refers back to what it is in");
    if (within.length >= MOST_OUTPUT_LEVELS) {
      throw refusal(`is nested more than ${MOST_OUTPUT_LEVELS} levels deep`);
    }
    within.push(inner);
    const copied = Array.isArray(inner) ? copyList(inner) : copyObject(inner);
    within.pop();
    return copied;
  }

  function copyObject(inner: object): Json {
    if (!isPlain(inner)) throw refusal(`is ${describeKind(inner)}, not plain JSON`);
    const fields: [string, Json][] = [];
    for (const key of Object.keys(inner)) {
      way.push(key);
      if (key === "__proto__") throw refusal("has a name that is reserved");
      const child = readField(inner, key, refusal);
      if (child !== undefined) {
        take(NAME_SIZE);
        fields.push([copyText(key), copy(child)]);
      }
      way.pop();
    }
    const copied = Object.fromEntries(fields);
    if (isSerialized(copied)) throw refusal(SERIALIZED);
    if (isSend(copied)) throw refusal(SEND);
    return copied;
  }

  function copyList(inner: readonly unknown[]): Json {
    const length = inner.length;
    // Before a list is made that says to be longer than it is.
    if (length > left) take(length);
    return Array.from({ length }, (_, position) => {
      way.push(position);
      const item = copy(readField(inner, String(position), refusal));
      way.pop();
      return item;
    });
  }

  return copy(value);
}

/** The text with whole characters only. */
export function repairText(text: string): string {
  return text.replaceAll(HALF_CHARACTER, "\uFFFD");
}

/** A field of an object. @throws Error naming it, when its getter throws. */
export function readField(
  owner: object,
  key: string,
  refusal = (what: string) => refusalAt(key, what),
): unknown {
  try {
    return Reflect.get(owner, key);
  } catch (error) {
    throw refusal(`cannot be read: ${describeThrown(error)}`);
  }
}

const SERIALIZED =
  "is an object in LangChain's serialized form (`lc`), which checkpoints read as something else: return its content";
const SEND =
  "is an object with the `lg_name` of LangGraph's Send, which checkpoints write as something else: return its content";

/** Made by `{}`, `Object.create(null)` or `JSON.parse`, here or in another context. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return (
    typeof prototype === "object" && Object.getPrototypeOf(prototype) === null && !isTagged(value)
  );
}

/** `Math`, `JSON` and the like have a plain prototype, and are none. */
function isTagged(value: object): boolean {
  return Object.prototype.toString.call(value) !== "[object Object]";
}

function describeKind(value: object): string {
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (kind === "Promise") return "a Promise (is an await missing?)";
  return kind === "Object" ? "an object of a class" : `of type ${shorten(kind)}`;
}

function refusalAt(path: string, what: string): Error {
  return new Error(`${shorten(path)} ${what}`);
}

function pathOf(name: string, way: readonly (string | number)[]): string {
  const steps = way.map((step) => (typeof step === "number" ? `[${step}]` : `.${shorten(step)}`));
  return name + steps.join("");
}

/** A name or path as a message repeats it. */
function shorten(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
}
