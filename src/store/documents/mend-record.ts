/** What can still be read of a record that has faults, so that the rest of it is checked as well. */

import type { z } from "zod";

import type { Gap } from "../../model/gap.ts";
import { groupBy } from "../../model/order.ts";
import type { Path } from "../../model/say-place.ts";

/** What stands in for a field that every record needs and that could not be read. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  mission_name: "?",
  name: "?",
  task: "?",
  order: 0,
  depends_on: [],
  estimated_duration_minutes: 1,
  requires_human_approval: false,
  tasks: [],
  capable_agents: [],
  kpis: {},
};

/**
 * The record without what its schema refuses, and where it has gaps now. Undefined when not even its
 * id could be read: then the gap is a record of which nothing is known.
 */
export function mendRecord<T>(
  record: unknown,
  {
    document,
    schema,
    key: [key = ""],
  }: { document: string; schema: z.ZodType<T>; key: readonly string[] },
): { readonly value: T | undefined; readonly gaps: readonly Gap[] } {
  const error = schema.safeParse(record).error;
  const paths = (error?.issues ?? []).map(({ path }) => cutPath(path));
  const nothing = { value: undefined, gaps: [{ document, record: "", field: "" }] };
  if (paths.some(([field]) => field === undefined || field === key)) return nothing;
  const { data } = schema.safeParse(without(record, paths.map(dropNameless)));
  if (data === undefined) return nothing;
  const name = String(Reflect.get(Object(record), key));
  return {
    value: data,
    gaps: paths.map((path) => ({ document, record: name, field: sayGap(path) })),
  };
}

/** How deep is cut: a field of a task; else a field, or an item of it. */
function cutPath(path: Path): Path {
  return path.slice(0, path[0] === "tasks" ? 3 : 2);
}

/** A task whose id cannot be read is left out as a whole. */
function dropNameless(path: Path): Path {
  return path[2] === "task_id" ? path.slice(0, 2) : path;
}

function sayGap(path: Path): string {
  const isTask = path[0] === "tasks" && path.length > 1;
  return String(isTask ? (path[2] ?? "task_id") : path[0]);
}

/** A copy without what stands at the paths, or with its stand-in. */
function without(value: unknown, paths: readonly Path[]): unknown {
  const cuts = groupBy(paths, ([key]) => String(key));
  const isCut = (key: PropertyKey) =>
    cuts.get(String(key))?.some((path) => path.length === 1) ?? false;
  const inside = (child: unknown, key: PropertyKey) => {
    const deeper = cuts.get(String(key))?.map((path) => path.slice(1));
    return deeper === undefined ? child : without(child, deeper);
  };
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    return items.flatMap((item, at) => (isCut(at) ? [] : [inside(item, at)]));
  }
  const kept = Object.entries(Object(value)).filter(([name]) => !isCut(name));
  const needed = Object.entries(STAND_INS).filter(([name]) => isCut(name));
  return Object.fromEntries([
    ...kept.map(([name, child]): [string, unknown] => [name, inside(child, name)]),
    ...needed,
  ]);
}
