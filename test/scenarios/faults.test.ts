/**
 * Workers, databases, disks and clocks that fail on purpose: `npm run test:faults` for 500 rounds. A round that fails
 * names its seed; `FAULT_SEED=17 FAULT_ROUNDS=1 npm run test:faults` plays that one again.
 */

import { describe, expect, it, onTestFinished } from "vitest";

import { playRound } from "../support/fault-round.ts";
import { type Database, databaseOf } from "../support/faults.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { bundleScript } from "../support/processes.ts";
import { sayDistribution } from "../support/takeovers.ts";

const ROUNDS = Number(process.env["FAULT_ROUNDS"] ?? 4);
/** Whoever asks for so many wants to see how they come along. */
const IS_TOLD = process.env["FAULT_ROUNDS"] !== undefined;
const FIRST_SEED = Number(process.env["FAULT_SEED"] ?? 1);

describe("workers to which things happen", () => {
  it(`carry their missions through, each attempt and each decision once: ${ROUNDS} seeds from ${FIRST_SEED}`, async () => {
    const server = await startPostgres();
    onTestFinished(server.stop);
    const script = await bundleScript("test/support/fault-worker-child.ts", {
      instead: { of: "@photostructure/sqlite", file: "test/support/broken-disk.ts" },
    });
    onTestFinished(script.remove);
    const failures: string[] = [];
    const killed: number[] = [];
    const stopped: number[] = [];

    /** One round after the other: what happens to the server happens to one round. */
    async function playAll(database: Database): Promise<void> {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed += 1) {
        if (databaseOf(seed) !== database) continue;
        const start = performance.now();
        const { said, wrong, takeovers } = await playRound(seed, { script: script.path, server });
        killed.push(...takeovers.killed);
        stopped.push(...takeovers.stopped);
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        const after = [...takeovers.killed, ...takeovers.stopped].map((time) => time.toFixed(1));
        const line = `seed ${seed} (${database}): ${said}`;
        const failure = `${line}: ${wrong.join("\n")}`;
        if (wrong.length > 0) failures.push(failure);
        if (IS_TOLD) {
          const what = wrong.length > 0 ? failure : line;
          process.stdout.write(`${what}; ${seconds} s, taken over after: ${after.join(" ")}\n`);
        }
      }
    }
    await Promise.all([playAll("sqlite"), playAll("postgres")]);

    process.stdout.write(
      `Runs of killed workers were taken over, ${sayDistribution(killed)}; of such as stood still, ${sayDistribution(stopped)}\n`,
    );
    expect(failures).toEqual([]);
  }, 7_200_000);
});
