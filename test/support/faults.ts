/** Faults on purpose, as data that follow from a seed. */

import { z } from "zod";

import { chance } from "./random-mission.ts";

/** So many calls of agents into a round, and so many milliseconds after. */
const momentSchema = z.object({ calls: z.int(), ms: z.int() });
export type Moment = z.infer<typeof momentSchema>;

/** Which of the workers it happens to. */
const place = z.int();

export const faultSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("kill"), place, moment: momentSchema }),
  z.object({ kind: z.literal("stop"), place, moment: momentSchema }),
  /** The clock of one worker, before and after it was read so often. */
  z.object({ kind: z.literal("clock"), place, hours: z.int(), reads: z.int() }),
  /** The disk of one worker, from its nth write on so many times. */
  z.object({
    kind: z.literal("disk"),
    place,
    how: z.enum(["full", "full in between", "fsync", "rename"]),
    nth: z.int(),
    times: z.int(),
  }),
  /** All connections at once, or one that is about to commit or has just committed. */
  z.object({
    kind: z.literal("cut"),
    how: z.enum(["now", "unsent", "unanswered"]),
    times: z.int(),
    moment: momentSchema,
  }),
  z.object({ kind: z.literal("restart"), moment: momentSchema }),
  z.object({ kind: z.literal("notices"), how: z.enum(["lost", "doubled", "late"]) }),
  /** A worker that looks for everything twice. */
  z.object({ kind: z.literal("twice"), place }),
  z.object({ kind: z.literal("agents"), how: z.enum(["slow", "silent", "deadly"]) }),
]);
export type Fault = z.infer<typeof faultSchema>;
type FaultOf<K extends Fault["kind"]> = Extract<Fault, { kind: K }>;

export type Database = "sqlite" | "postgres";

/** Seeds take turns at the databases. */
export const databaseOf = (seed: number): Database => (seed % 2 === 1 ? "sqlite" : "postgres");

/** How often each kind is drawn, compared with the others: a stopped process costs its round ten seconds. */
const WEIGHTS: Readonly<Record<Database, Readonly<Partial<Record<Fault["kind"], number>>>>> = {
  sqlite: { kill: 6, stop: 1, clock: 4, disk: 8, twice: 2, agents: 4 },
  postgres: { kill: 5, stop: 1, clock: 4, cut: 8, restart: 1, notices: 3, twice: 1, agents: 3 },
};

const MOST_CALLS = 8;
const MOST_MS = 60;
/** The first of them come before it works at all. */
const MOST_READS = 120;
const MOST_WRITES = 30;
const MOST_RENAMES = 8;
const MOST_CUTS = 6;

/** One to three. */
export function drawFaults(seed: number): readonly Fault[] {
  const kinds = Object.entries(WEIGHTS[databaseOf(seed)]).flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind),
  );
  const count = 1 + Math.floor(chance(seed, "faults") * 3);
  return Array.from({ length: count }, (_, number) => {
    const upTo = (most: number, what: string) => Math.floor(chance(seed, number, what) * most);
    return draw(kinds[upTo(kinds.length, "kind")] ?? "", upTo);
  });
}

function draw(kind: string, upTo: (most: number, what: string) => number): Fault {
  const oneOf = <T>(...[first, ...others]: readonly [T, ...T[]]): T =>
    others[upTo(others.length + 1, "how") - 1] ?? first;
  const at = upTo(2, "place");
  const moment = { calls: upTo(MOST_CALLS, "calls"), ms: upTo(MOST_MS, "ms") };
  switch (kind) {
    case "stop":
      return { kind, place: at, moment };
    case "clock":
      return { kind, place: at, hours: oneOf(-1, 1), reads: upTo(MOST_READS, "reads") };
    case "disk": {
      const how = oneOf("full", "full in between", "fsync", "rename");
      return {
        kind,
        place: at,
        how,
        nth: 1 + upTo(how === "rename" ? MOST_RENAMES : MOST_WRITES, "nth"),
        times: 1 + upTo(4, "times"),
      };
    }
    case "cut":
      return {
        kind,
        how: oneOf("now", "unsent", "unanswered"),
        times: 1 + upTo(MOST_CUTS, "times"),
        moment,
      };
    case "restart":
      return { kind, moment };
    case "notices":
      return { kind, how: oneOf("lost", "doubled", "late") };
    case "twice":
      return { kind, place: at };
    case "agents":
      return { kind, how: oneOf("slow", "silent", "deadly") };
    default:
      return { kind: "kill", place: at, moment };
  }
}

export function ofKind<K extends Fault["kind"]>(
  faults: readonly Fault[],
  kind: K,
): readonly FaultOf<K>[] {
  return faults.filter((fault): fault is FaultOf<K> => fault.kind === kind);
}

/** For people: what it takes to look for what went wrong. */
export function sayFaults(faults: readonly Fault[]): string {
  return faults.map(say).join(", ");
}

function say(fault: Fault): string {
  switch (fault.kind) {
    case "kill":
    case "stop":
      return `${fault.kind} worker ${fault.place} ${sayMoment(fault.moment)}`;
    case "clock":
      return `clock of worker ${fault.place} ${fault.hours > 0 ? "+" : ""}${fault.hours} h after ${fault.reads} looks`;
    case "disk":
      return `disk of worker ${fault.place} ${fault.how} at write ${fault.nth}, ${fault.times} times`;
    case "cut":
      return `connection cut (${fault.how}, ${fault.times} times) ${sayMoment(fault.moment)}`;
    case "restart":
      return `Postgres restarted ${sayMoment(fault.moment)}`;
    case "notices":
      return `notices ${fault.how}`;
    case "twice":
      return `worker ${fault.place} looks twice`;
    case "agents":
      return `agents ${fault.how}`;
  }
}

const sayMoment = ({ calls, ms }: Moment) => `${ms} ms after call ${calls}`;
