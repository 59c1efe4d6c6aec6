/**
 * Names held by one process at a time. Each taking has a number, higher than all before it; whoever was
 * taken over finds its writes refused: docs/decisions/2026-11-25-leases.md.
 */

import { BusyError, MissionError } from "../errors.ts";
import type { Holders } from "./holders.ts";
import { type Sql, numberOf, sql, textOf } from "./sql.ts";
import type { Lease, LeasePurpose } from "./store.ts";
import type { Wakes } from "./wakes.ts";

interface Held {
  readonly number: number;
  readonly woken: number;
}

export interface Leases {
  readonly take: (name: string, purpose?: LeasePurpose) => Promise<Lease>;
  /** @throws BusyError when this process had the name and was taken over. */
  readonly require: (name: string) => Sql<void>;
  /** Somebody else has written: whether names are still held is looked at again. */
  readonly doubt: () => void;
  /** Gives back what this process holds. */
  readonly close: () => Promise<void>;
}

const FIND = sql("SELECT holder, number FROM leases WHERE name = $1");
const PUT = sql(
  "INSERT INTO leases (name, holder, number) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, number = excluded.number",
);
const DROP = sql(
  "UPDATE leases SET holder = NULL WHERE name = $1 AND number = $2 RETURNING number",
);

export function createLeases({
  holders,
  write,
  ask,
  wakes,
}: {
  holders: Holders;
  write: <T>(command: () => Sql<T>) => Promise<T>;
  ask: <T>(query: () => Sql<T>) => Promise<T>;
  wakes: Pick<Wakes, "drive" | "number" | "settle" | "requirePlace">;
}): Leases {
  /** Names that this process has, or is about to take. */
  const own = new Set<string>();
  /** The numbers under which this process holds, or thinks that it holds, a name; and what a run of it was woken for. */
  const held = new Map<string, Held>();
  /** Of these, the names that nobody else can have taken since they were looked at. */
  const sure = new Set<string>();

  /** Takes the name from nobody, or from `dead`; undefined when somebody else has it. */
  function takeFrom(
    name: string,
    dead: string | undefined,
    self: string,
    purpose: LeasePurpose,
  ): Promise<Held | undefined> {
    return write(function* takeOver() {
      const row = yield* FIND.get(name);
      const holder = textOf(row, "holder");
      if (holder !== undefined && holder !== dead) return undefined;
      const number = numberOf(row, "number") + 1;
      yield* PUT.run(name, self, number);
      if (purpose !== "hold") yield* wakes.drive(name);
      if (typeof purpose === "object") yield* wakes.requirePlace(name, purpose.drive);
      return { number, woken: yield* wakes.number(name) };
    });
  }

  const taking = new Set<Promise<Lease>>();
  let isClosed = false;

  async function take(name: string, purpose: LeasePurpose = "hold"): Promise<Lease> {
    const taken = takeNow(name, purpose);
    taking.add(taken);
    try {
      return await taken;
    } finally {
      taking.delete(taken);
    }
  }

  async function takeNow(name: string, purpose: LeasePurpose): Promise<Lease> {
    if (isClosed)
      throw new MissionError("STORE_FAILED", `The store was closed: ${name} is not taken.`);
    if (own.has(name)) throw busy(name);
    own.add(name);
    try {
      const self = await holders.join();
      let taken = await takeFrom(name, undefined, self, purpose);
      while (taken === undefined) {
        const holder = textOf(await ask(() => FIND.get(name)), "holder");
        // What this process could not give back, on a full disk for one, is its own to take.
        const isOther = holder !== undefined && holder !== self;
        if (isOther && (await holders.isAlive(holder))) throw busy(name);
        // Before it is taken from: one that was stopped and goes on just now has to see that it is another holder.
        if (isOther) await holders.bury(holder);
        taken = await takeFrom(name, holder, self, purpose);
      }
      held.set(name, taken);
    } catch (error) {
      own.delete(name);
      throw error;
    }
    return { release: (isDone = false) => release(name, isDone) };
  }

  async function release(name: string, isDone: boolean): Promise<void> {
    const known = held.get(name);
    held.delete(name);
    sure.delete(name);
    own.delete(name);
    if (known === undefined) return;
    await write(function* drop() {
      const dropped = yield* DROP.get(name, known.number);
      // Who was taken over says nothing of what is left to do.
      if (dropped !== undefined && isDone) yield* wakes.settle(name, known.woken);
    });
  }

  return {
    take,
    *require(name) {
      const number = held.get(name)?.number;
      if (number === undefined || sure.has(name)) return;
      if (numberOf(yield* FIND.get(name), "number") === number) {
        sure.add(name);
        return;
      }
      throw new BusyError(
        `Another process has taken over ${name}: this one stood still too long.`,
        {
          name,
        },
      );
    },
    doubt: () => sure.clear(),
    async close() {
      isClosed = true;
      await Promise.allSettled(taking);
      await Promise.all([...held.keys()].map((name) => release(name, false)));
      await holders.leave();
    },
  };
}

function busy(name: string): BusyError {
  return new BusyError(`${name} is being worked on by another process, or by this one.`, { name });
}
