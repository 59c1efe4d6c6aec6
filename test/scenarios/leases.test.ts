import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

import { type TestContext, afterAll, beforeAll, describe, it } from "vitest";

import type { WholeStore } from "../../src/store/store.ts";
import { openAnyStore } from "../support/any-store.ts";
import { aRun } from "../support/builders.ts";
import { listIsolation } from "../support/isolation.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { bundleScript } from "../support/processes.ts";

interface Holder {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly tell: (line: string) => Promise<string>;
}

let script: Awaited<ReturnType<typeof bundleScript>>;
beforeAll(async () => {
  script = await bundleScript("test/support/lease-child.ts");
});
afterAll(() => script.remove());

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** How a kind of store keeps who holds leases of it. */
interface Kind {
  readonly name: string;
  readonly aPlace: (test: TestContext) => Promise<string>;
  readonly countHolders: (place: string) => Promise<number>;
  /** Starts a program where nobody here can see its process. */
  readonly elsewhere: readonly string[];
  /** Makes the holder look as from another machine. */
  readonly moveToAnotherMachine: (place: string) => Promise<void>;
}

const holdersOf = (folder: string) => join(folder, ".mission-control", "holders");

const SQLITE: Kind = {
  name: "SQLite",
  async aPlace({ onTestFinished }) {
    const folder = mkdtempSync(join(tmpdir(), "mission-control-leases-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  },
  countHolders: async (folder) => readdirSync(holdersOf(folder)).length,
  elsewhere: listIsolation(),
  moveToAnotherMachine: async () => {},
};

const POSTGRES: Kind = {
  name: "Postgres",
  aPlace: () => server.aDatabase(),
  elsewhere: [],
  countHolders: async (url) => (await server.tamper(url, "SELECT * FROM holders")).length,
  async moveToAnotherMachine(url) {
    const moved = `replace(described, '"namespace":"', '"namespace":"elsewhere')`;
    await server.tamper(url, `UPDATE holders SET described = ${moved}`);
  },
};

async function aStore(place: string, { onTestFinished }: TestContext): Promise<WholeStore> {
  const store = await openAnyStore(place);
  onTestFinished(() => store.close());
  await store.importRecords([{ document: "mission_runs", record: aRun() }]);
  return store;
}

/** Another process that holds R1. @param within what starts it. */
async function aHolder(
  place: string,
  { expect, onTestFinished }: TestContext,
  within: readonly string[] = [],
): Promise<Holder> {
  const stdio = ["pipe", "pipe", "inherit"] as const;
  const [program, ...args] = [...within, process.execPath, script.path, place];
  const child = spawn(program, args, { stdio: [...stdio] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done === true)
      throw new Error(`the holder has ended: ${child.exitCode} ${child.signalCode}`);
    return value;
  };
  expect(await next()).toBe("held");
  return {
    child,
    tell(line) {
      child.stdin.write(`${line}\n`);
      return next();
    },
  };
}

function kill({ child }: Holder): Promise<unknown> {
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  return ended;
}

describe.concurrent.each([SQLITE, POSTGRES])(
  "a lease on $name",
  ({ aPlace, countHolders, elsewhere, moveToAnotherMachine }) => {
    it("is taken over at once from a process of this machine that died", async (test) => {
      const { expect } = test;
      const place = await aPlace(test);
      const store = await aStore(place, test);
      await kill(await aHolder(place, test));

      await (await store.takeLease("R1")).release();
      expect(await countHolders(place)).toBe(1);
    });

    it("is taken over from a process of another machine that died, with nobody's help", async (test) => {
      const { expect } = test;
      const place = await aPlace(test);
      const store = await aStore(place, test);
      const holder = await aHolder(place, test, elsewhere);
      await moveToAnotherMachine(place);
      await kill(holder);

      await expect(store.takeLease("R1")).resolves.toBeDefined();
    });

    it("stays with a process whose main thread is busy for longer than a dead one is given", async (test) => {
      const { expect } = test;
      const place = await aPlace(test);
      const store = await aStore(place, test);
      const holder = await aHolder(place, test, elsewhere);
      await moveToAnotherMachine(place);

      expect(await holder.tell("spin 12000")).toBe("spinning");
      const thread = { isSpinning: true };
      const spun = holder.tell("").then(() => (thread.isSpinning = false));
      do {
        await expect(store.takeLease("R1")).rejects.toMatchObject({ code: "BUSY" });
      } while (thread.isSpinning);
      await spun;
      expect(await holder.tell("write alive")).toBe("written");
    });

    it("lets a process that was stopped and goes on write nothing any more", async (test) => {
      const { expect } = test;
      const place = await aPlace(test);
      const store = await aStore(place, test);
      const holder = await aHolder(place, test);
      await moveToAnotherMachine(place);
      holder.child.kill("SIGSTOP");

      const lease = await store.takeLease("R1");
      holder.child.kill("SIGCONT");

      expect(await holder.tell("write late")).toBe("BUSY");
      await lease.release();
      expect(await holder.tell("write later")).toBe("BUSY");
      expect((await store.findRun("R1"))?.requested_by).toBe(aRun().requested_by);
    });

    it("that is being taken when the store is closed is given back too", async (test) => {
      const { expect } = test;
      const place = await aPlace(test);
      const store = await aStore(place, test);
      const [lease] = await Promise.allSettled([store.takeLease("R1"), store.close()]);

      expect(await countHolders(place)).toBe(0);
      const other = await aStore(place, test);
      await expect(other.takeLease("R1")).resolves.toBeDefined();
      expect(["fulfilled", "rejected"]).toContain(lease.status);
      await expect(store.takeLease("R2")).rejects.toMatchObject({ code: "STORE_FAILED" });
    });

    it("is given back when the store is closed, and nothing of its holder is left", async (test) => {
      const { expect } = test;
      const place = await aPlace(test);
      const store = await aStore(place, test);
      await store.takeLease("R1");
      await store.close();

      expect(await countHolders(place)).toBe(0);
      const other = await openAnyStore(place);
      await expect(other.takeLease("R1")).resolves.toBeDefined();
      await other.close();
    });
  },
);
