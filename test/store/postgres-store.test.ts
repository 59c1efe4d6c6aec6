import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { migratePostgres } from "../../src/store/postgres/postgres-store.ts";
import type { ImportedRecord } from "../../src/store/store.ts";
import { describeSharedStore, describeStore } from "../contracts/store.ts";
import { aRow, aRun } from "../support/builders.ts";
import { type PostgresServer, openPostgresAt, startPostgres } from "../support/postgres-server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const prepare = async () => {
  const url = await server.aDatabase();
  return () => openPostgresAt(url);
};

describeStore("a Postgres database", prepare);
describeSharedStore("a Postgres database", prepare);

describe("a Postgres database", () => {
  it("is refused before it is set up, with what to do, and without its password", async () => {
    await expect(openPostgresAt(server.aSchema())).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringMatching(
        /^postgres:\/\/127\.0\.0\.1:\d+\/postgres \(schema s\d+\) has no tables of Mission Control.*`mission-control migrate`/,
      ),
    });
  });

  it("is set up once, whoever does so at the same time and how often", async () => {
    const url = server.aSchema();

    const found = await Promise.all([1, 2, 3].map(() => migratePostgres(url)));
    const again = await migratePostgres(url);

    expect(found.filter(({ from }) => from === 0)).toHaveLength(1);
    expect(again.from).toBe(again.to);
  });

  it("of an older version is refused, and brought up to date with what is in it", async () => {
    const url = await server.aDatabase();
    const store = await openPostgresAt(url);
    await store.saveOutput("kept");
    await store.close();
    await server.tamper(url, "DROP TABLE archived, replays, replay_parts");
    await server.tamper(url, "UPDATE versions SET schema = 1");

    await expect(openPostgresAt(url)).rejects.toThrow(
      /older Mission Control.*`mission-control migrate`/,
    );
    await migratePostgres(url);

    const again = await openPostgresAt(url);
    onTestFinished(() => again.close());
    expect(await again.listOutputs(0)).toMatchObject([{ text: '"kept"' }]);
    const query = { before: 0, keepOfMission: 1, keepOfAgent: 1, limit: 1 };
    await expect(again.listArchivable(query)).resolves.toEqual([]);
  });

  it("is told of many records while they are read: a server ends a transaction that is silent for long", async () => {
    const store = await openPostgresAt(await server.aDatabase());
    onTestFinished(() => store.close());
    let turns = 0;
    const timer = setInterval(() => (turns += 1));
    onTestFinished(() => clearInterval(timer));
    let turnsBefore = 0;
    let turnsAfter = 0;
    function* many(): Generator<ImportedRecord, void> {
      for (let number = 0; number < 3000; number += 1) {
        if (number === 0) turnsBefore = turns;
        turnsAfter = turns;
        yield { document: "mission_runs", record: aRun({ run_id: `R${number}` }) };
      }
    }

    await store.importRecords(many());

    expect(turnsAfter).toBeGreaterThan(turnsBefore);
    expect(await store.listRuns()).toHaveLength(3000);
  });

  it("may have a name that SQL knows, but none of the server's own", async () => {
    const url = server.aSchema().replace(/schema=.*/, "schema=select");

    await migratePostgres(url);
    const store = await openPostgresAt(url);
    await store.putTaskLog(aRow());

    expect((await store.readHistory()).rows).toEqual([aRow()]);
    await store.close();
    const own = url.replace("select", "pg_own");
    await expect(migratePostgres(own)).rejects.toMatchObject({ code: "USAGE" });
  });

  it("goes on when the server has been away", async () => {
    const store = await openPostgresAt(await server.aDatabase());
    onTestFinished(() => store.close());
    await store.putTaskLog(aRow());

    await server.restart();
    await store.putTaskLog(aRow({ attempt: 2 }));

    expect((await store.readHistory()).rows).toEqual([aRow(), aRow({ attempt: 2 })]);
  });
});
