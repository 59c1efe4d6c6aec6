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
]);
export type Fault = z.infer<typeof faultSchema>;
type FaultOf<K extends Fault["kind"]> = Extract<Fault, { kind: K }>;

export type Database = "sqlite" | "postgres";

/** Seeds take turns at the databases. */
export const databaseOf = (seed: number): Database => (seed % 2 === 1 ? "sqlite" : "postgres");

/** How often each kind is drawn, compared with the others: a stopped process costs its round ten seconds. */
const WEIGHTS: Readonly<Record<Database, Readonly<Partial<Record<Fault["kind"], number>>>>> = {
  sqlite: { kill: 6, stop: 1, clock: 4 },
  postgres: { kill: 6, stop: 1, clock: 4 },
};

const MOST_CALLS = 8;
const MOST_MS = 60;
const MOST_READS = 120;

/** One to three. */
export function drawFaults(seed: number): readonly Fault[] {
  const weights = WEIGHTS[databaseOf(seed)];
  const kinds = Object.entries(weights).flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind),
  );
  const faults = Array.from({ length: 1 + Math.floor(chance(seed, "faults") * 3) }, (_, number) => {
    const upTo = (most: number, what: string) => Math.floor(chance(seed, number, what) * most);
    return draw(kinds[upTo(kinds.length, "kind")] ?? "", upTo);
  });
  return faults.toSorted((a, b) => readsOf(a) - readsOf(b));
}

function draw(kind: string, upTo: (most: number, what: string) => number): Fault {
  const at = upTo(2, "place");
  const moment = { calls: upTo(MOST_CALLS, "calls"), ms: upTo(MOST_MS, "ms") };
  switch (kind) {
    case "stop":
      return { kind, place: at, moment };
    case "clock":
      return {
        kind,
        place: at,
        hours: upTo(2, "hours") === 0 ? -1 : 1,
        reads: upTo(2, "early") === 0 ? 0 : upTo(MOST_READS, "reads"),
      };
    default:
      return { kind: "kill", place: at, moment };
  }
}

const readsOf = (fault: Fault) => (fault.kind === "clock" ? fault.reads : 0);

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
  }
}

const sayMoment = ({ calls, ms }: Moment) => `${ms} ms after call ${calls}`;
