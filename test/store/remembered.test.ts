/** What a store remembers is what another opening of the same database reads. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { sha256 } from "../../src/app/system.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { WholeStore } from "../../src/store/store.ts";
import { aRequest, aRow, aRun, anEvent, asItIs } from "../support/builders.ts";
import { untyped } from "../support/untyped.ts";

const RUNS = ["R1", "R2"];
const WINDOW = 3;

const place = {
  run_id: fc.constantFrom(...RUNS),
  task_id: fc.constantFrom("T1", "T2"),
  attempt: fc.integer({ min: 1, max: 2 }),
};
const row = fc.record({
  ...place,
  agent_id: fc.constantFrom("A1", "A2"),
  outcome: fc.constantFrom("completed", "failed", "skipped"),
});

/** Each is done at the same time as the others of its turn; some are refused. */
const command = fc.oneof(
  row.map((fields) => (store: WholeStore) => store.putTaskLog(aRow(fields))),
  row.map(
    (fields) => (store: WholeStore) =>
      store.putTaskLog(aRow({ ...fields, outcome: untyped("odd") })),
  ),
  fc
    .record(place)
    .map(
      (fields) => (store: WholeStore) =>
        store.requestApproval(aRequest({ ...fields, approval_id: `APR-${fields.task_id}` })),
    ),
  fc.record(place).map(({ run_id, task_id }) => (store: WholeStore) => {
    const decided = { run_id, decision: "approve", decided_by: "ana", source: "cli" } as const;
    const at = { decided_at: "2026-11-22T12:01:00Z" };
    // The second is about nothing that was ever asked: then the first does not count either.
    const names = task_id === "T1" ? [`APR-T1`] : ["APR-T2", "APR-T9"];
    return store.decideApprovals(names.map((approval_id) => ({ ...decided, ...at, approval_id })));
  }),
  fc.record(place).map(
    ({ run_id, attempt }) =>
      (store: WholeStore) =>
        store.changeRun(run_id, (run) => ({ ...run, escalations: run.escalations + attempt })),
  ),
  fc.record(place).map(
    ({ run_id, task_id }) =>
      (store: WholeStore) =>
        store.changeRisks(
          run_id,
          () => [anEvent({ run_id, task_id, event_id: `RISK_${run_id}_${task_id}` })],
          asItIs,
        ),
  ),
);

describe("what a store remembers", () => {
  it("is what is recorded, whatever was refused in between", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ by: fc.nat(1), commands: fc.array(command, { maxLength: 4 }) }), {
          maxLength: 6,
        }),
        async (turns) => {
          const folder = mkdtempSync(join(tmpdir(), "mission-control-remembered-"));
          const open = () =>
            openSqliteStore(folder, { now: () => "2026-11-22T12:00:00Z", hash: sha256 });
          const stores = [open(), open()];
          try {
            await stores[0]?.importRecords(
              RUNS.map((run_id) => ({ document: "mission_runs", record: aRun({ run_id }) })),
            );
            for (const { by, commands } of turns) {
              const store = stores[by];
              if (store === undefined) continue;
              await Promise.allSettled(commands.map((run) => run(store)));
              const fresh = open();
              for (const other of stores) {
                for (const run_id of RUNS) {
                  expect(await other.readRun(run_id)).toEqual(await fresh.readRun(run_id));
                }
                const agents = ["A1", "A2"];
                expect(await other.readAgents(agents, WINDOW)).toEqual(
                  await fresh.readAgents(agents, WINDOW),
                );
              }
              await fresh.close();
            }
          } finally {
            await Promise.all(stores.map((store) => store.close()));
            rmSync(folder, { recursive: true, force: true });
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
