/** How much is fuzzed, and what must hold whatever comes in. */

import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type fc from "fast-check";
import { expect } from "vitest";

import { type MissionControl, MissionError } from "../../src/index.ts";
import { aFolder } from "./workspace.ts";

/** Of all surfaces together; each takes its share. */
const CASES = Number(process.env["FUZZ_CASES"] ?? 1000);
/** Other cases each night; the same in `npm test`, unless a seed is given. */
const SEED = process.env["FUZZ_SEED"] ?? (process.env["FUZZ_CASES"] && randomSeed());
/** What takes longer hangs: a hundred times what a slow case takes. */
const DEADLINE_MS = 5000;

/** Of a test: a night has ten times as many cases. */
export const OF_A_FUZZ = { timeout: 60_000 * Math.max(1, CASES / 2000) };

/** For `fc.assert`: how many cases, of what share, and where they begin. A failure prints seed and path. */
export function cases(share: number): fc.Parameters<unknown> {
  const seed = SEED === undefined || SEED === "" ? {} : { seed: Number(SEED) };
  return { numRuns: Math.max(1, Math.round(CASES * share)), ...seed };
}

function randomSeed(): string {
  const seed = String(Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`FUZZ_SEED=${seed}\n`);
  return seed;
}

/** What came of the work: a value, or a refusal in words of ours. Fails for anything else, and when it hangs. */
export async function outcomeOf<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly value: T } | { readonly refusal: MissionError }> {
  const stop = new AbortController();
  const late = delay(DEADLINE_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error("it hangs");
  });
  late.catch(() => {});
  try {
    return { value: await Promise.race([work(), late]) };
  } catch (error) {
    if (!(error instanceof MissionError)) throw error;
    expectSaid(error.message);
    return { refusal: error };
  } finally {
    stop.abort();
  }
}

/** What no message may have: the words of a program instead of a person's. */
const FOREIGN =
  /\n\s+at |\b(?:Zod|Type|Range|Syntax|Reference|Sqlite|SQL)Error\b|SQLITE_|\[object |undefined|is not a function|Cannot read prop|Maximum call stack|Invalid input/;

/** @param given what may be repeated, word for word. */
export function expectSaid(message: string): void {
  expect(message.trim()).not.toBe("");
  expect(message).not.toMatch(FOREIGN);
}

/** What is recorded contradicts nothing, but for what the sample has had from the beginning. */
export async function expectSound(control: Pick<MissionControl, "audit">): Promise<void> {
  const { findings } = await control.audit();
  const errors = findings.filter(({ code, severity, record }) => {
    const isOfSample = code === "AGGREGATE_DIFFERS" && record.startsWith("RUN_2026_02_0");
    return severity === "error" && !isOfSample;
  });
  expect(errors).toEqual([]);
}

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const AS_IT_WAS = PROTOTYPES.map(describeOwn);

export function expectPrototypes(): void {
  expect(PROTOTYPES.map(describeOwn)).toEqual(AS_IT_WAS);
}

function describeOwn(prototype: object): readonly string[] {
  return Reflect.ownKeys(prototype).map(String);
}

/** A folder for a workspace, in another with all that a path out of it would reach. */
export function aCage(): { readonly inside: string; readonly expectShut: () => void } {
  const outer = aFolder();
  const inside = join(outer, "middle", "workspace");
  for (const name of ["sibling", join("middle", "sibling"), join("middle", "workspace")]) {
    mkdirSync(join(outer, name), { recursive: true });
  }
  const before = listOutside(outer, inside);
  return { inside, expectShut: () => expect(listOutside(outer, inside)).toEqual(before) };
}

function listOutside(folder: string, inside: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path === inside) return [];
    return entry.isDirectory()
      ? [path, ...listOutside(path, inside)]
      : [`${path}: ${readFileSync(path, "utf8")}`];
  });
}
