/** Values that documents, answers and requests could have instead of those that they should have. */

import fc from "fast-check";

import { HOSTILE } from "./hostile.ts";

/** What ids, names and texts could be. */
const TEXTS = [
  "",
  " \n ",
  "__proto__",
  "constructor",
  "toString",
  "../../canary",
  "../sibling/canary",
  "..\\canary",
  "a/../../canary",
  ".",
  "portfolio",
  "\uD800",
  "x\uDC00y",
  HOSTILE,
  "\u202Eabc",
  "\u0000",
  "x".repeat(10_000),
  "NaN",
  "1e999",
  "9999-12-31T23:59:59Z",
  "0000-01-01T00:00:00Z",
  "2026-02-30",
  "<script>alert(1)</script>",
  "'; DROP TABLE runs; --",
  "| a | b |\n# c",
] as const;

const NUMBERS = [0, -1, 0.1, 1e308, -1e308, 5e-324, 1e21, 2 ** 53, 1e15, -2147483649] as const;

/** Read by `JSON.parse`, so that `__proto__` is a field like another. */
const ODD = [
  '{"__proto__": {"polluted": true}}',
  '{"constructor": {"prototype": {"polluted": true}}}',
  '{"toString": 1, "toJSON": 1, "then": 1, "length": -1}',
  '{"lc": 1, "type": "constructor", "id": ["x"], "kwargs": {}}',
  '{"$ref": "#", "type": ["object"]}',
  `${"[".repeat(300)}${"]".repeat(300)}`,
  `${'{"a":'.repeat(150)}1${"}".repeat(150)}`,
] as const;

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...NUMBERS, true, false, null) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD).map(parse) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>([], {}, [[]], [null], Array(5000).fill("x")) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** JSON with a few things in it changed: some are wild, and others might be meant. */
export function mutationsOf(value: unknown): fc.Arbitrary<unknown> {
  const some = (change: fc.Arbitrary<Change>) =>
    fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 });
  return fc.oneof(some(wildChange), some(mildChange)).map((list) =>
    list.reduce<unknown>((changed, [at, change]) => {
      const paths = listPaths(changed);
      const path = paths[at % paths.length] ?? [];
      return replace(changed, path, (old) => change(old, { root: changed, path })) ?? null;
    }, value),
  );
}

/** The same as text, which may besides be torn, marked, doubled or no JSON at all. */
export function textsOf(value: unknown): fc.Arbitrary<string> {
  const text = mutationsOf(value).map((mutated) => JSON.stringify(mutated) ?? "");
  return fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 1, arbitrary: text.map((sound) => `\uFEFF${sound}`) },
    { weight: 1, arbitrary: text.map((sound) => sound.replace(/\d+/, "1e999")) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(text, fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([sound, share]) => sound.slice(0, Math.floor(sound.length * share))),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("[".repeat(5000), "{}", "null", "[null]", "[[]]", "\0"),
    },
    { weight: 1, arbitrary: hostileText },
  );
}

type Path = readonly string[];
type Change = (old: unknown, place: { readonly root: unknown; readonly path: Path }) => unknown;

/** Of the same type: it is right more often than not, and others have to cope with it. */
const mildChange: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(), fc.constantFrom(0, 1, 2, 0.5, 0.01, 7, 1e4), fc.constantFrom("x", "<b>|", "–"))
  .map(([from, number, text]): Change => (old, place) => {
    if (typeof old === "number") return number;
    if (typeof old === "boolean") return !old;
    if (Array.isArray(old)) return from % 2 === 0 ? old.toReversed() : old.slice(1);
    if (typeof old === "object") return from % 2 === 0 ? old : undefined;
    return from % 4 === 0 ? text : takeFrom(from, place);
  });

/** Taken away, put in, doubled, or put in another's place. */
const wildChange: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: hostileValue.map(
      (value): Change =>
        () =>
          value,
    ),
  },
  { weight: 1, arbitrary: fc.constant<Change>(() => undefined) },
  {
    weight: 1,
    arbitrary: fc.tuple(hostileText, hostileValue).map(
      ([name, value]): Change =>
        (old) =>
          addTo(old, name, value),
    ),
  },
  // Ids that are there twice, and tasks that come before themselves.
  {
    weight: 3,
    arbitrary: fc.nat().map(
      (from): Change =>
        (_old, place) =>
          takeFrom(from, place),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Change>((old) => (Array.isArray(old) ? [...old, ...old] : [old])),
  },
);

/** What stands elsewhere under a like name. */
function takeFrom(from: number, { root, path }: Parameters<Change>[1]): unknown {
  const name = nameOf(path);
  const alike = listPaths(root).filter((other) => nameOf(other) === name);
  return valueAt(root, alike[from % alike.length] ?? path);
}

/** `task_id` and `depends_on` are alike: both hold ids. */
function nameOf(path: Path): string {
  const name = path.findLast((key) => !/^\d+$/.test(key)) ?? "";
  return /_id$|^depends_on$|^capable_agents$/.test(name) ? "id" : name;
}

function addTo(old: unknown, name: string, value: unknown): unknown {
  if (typeof old !== "object" || old === null) return { [name]: value };
  if (Array.isArray(old)) return [...old, value];
  return Object.fromEntries([...Object.entries(old), [name, value]]);
}

/** Every place in the value, the whole of it first. */
function listPaths(value: unknown): Path[] {
  const found: Path[] = [];
  const visit = (inner: unknown, path: Path) => {
    found.push(path);
    // What was put in may be large or deep: inside, nothing is changed any more.
    if (typeof inner !== "object" || inner === null || path.length > 8) return;
    for (const [key, child] of Object.entries(inner).slice(0, 60)) visit(child, [...path, key]);
  };
  visit(value, []);
  return found;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), root);
}

/** A copy with another value at the place; undefined takes it away. */
function replace(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const entries = Object.entries(Object(value)).flatMap(([name, child]): [string, unknown][] => {
    const next = name === key ? replace(child, rest, change) : child;
    return next === undefined ? [] : [[name, next]];
  });
  return Array.isArray(value) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

function parse(text: string): unknown {
  return JSON.parse(text);
}
