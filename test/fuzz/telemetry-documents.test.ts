/** A history as nobody has recorded it: each fault is told, and what is taken in can be looked at. */

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, it } from "vitest";

import {
  type MissionControl,
  type MissionRun,
  initWorkspace,
  openMissionControl,
} from "../../src/index.ts";
import { TELEMETRY_DOCUMENT_NAMES } from "../../src/model/documents.ts";
import { listRecords } from "../../src/store/documents/import-documents.ts";
import {
  OF_A_FUZZ,
  aCage,
  cases,
  expectPrototypes,
  expectSaid,
  outcomeOf,
} from "../support/fuzz.ts";
import { textsOf } from "../support/hostile-json.ts";
import { aFolder, aMissionControl, aWorkspace, readDocument } from "../support/workspace.ts";

/** The sample's history, one run more that waits, and one that somebody has decided about. */
async function aHistoryOfDocuments(): Promise<string> {
  const control = await aMissionControl({ workspace: aWorkspace() });
  await control.start({ mission_id: "M003" });
  const { run_id } = await control.start({
    mission_id: "M001",
    kpi_observations: { onboarding_time_days: 3 },
  });
  await control.decide(run_id, { T2: { type: "reject", reason: "no", decided_by: "ana" } });
  const folder = aFolder();
  await control.exportDocuments({ folder, force: true });
  return folder;
}

/** One or two of the documents are others. */
function documentsOf(history: string): fc.Arbitrary<Readonly<Record<string, string>>> {
  const names = fc.constantFrom(...TELEMETRY_DOCUMENT_NAMES);
  const other = names.chain((name) =>
    textsOf(readDocument(history, name)).map((text): [string, string] => [`${name}.json`, text]),
  );
  return fc.array(other, { minLength: 1, maxLength: 2 }).map(Object.fromEntries);
}

type Look = (control: MissionControl, runs: readonly MissionRun[]) => Promise<unknown>;

/** What takes longer is done in a case out of several. */
const LOOKS: readonly Look[] = [
  (control) => control.portfolio("2026-02-06"),
  (control) => control.stats(),
  (control) => control.advise(),
  (control) => control.untried(),
  (control) => control.backtest({}),
  (control) => control.replay(),
  (control) => control.audit({ fix: true }),
  (control) => control.kpiSeries(["M001"]),
  (control) => control.exportDocuments({ folder: control.workspaceFolder, force: true }),
  (control, runs) => Promise.all(runs.slice(-2).map(({ run_id }) => control.resume(run_id))),
  async (control) => {
    for (const { run_id, approval_id } of await control.pendingApprovals()) {
      await control.decide(run_id, { [approval_id]: { type: "approve" } });
    }
  },
];

async function lookAt(control: MissionControl, look: Look): Promise<void> {
  const { findings } = await control.audit();
  for (const { message } of findings) expectSaid(message);
  const runs = await control.runs();
  for (const { run_id } of [...runs.slice(0, 2), ...runs.slice(-2)]) {
    await outcomeOf(() => control.run(run_id));
  }
  await outcomeOf(() => control.watch());
  await outcomeOf(() => look(control, runs));
}

describe("telemetry documents", () => {
  it("are read record by record, or every fault is told in words", OF_A_FUZZ, async () => {
    const history = await aHistoryOfDocuments();
    const folder = aFolder();
    cpSync(history, folder, { recursive: true });
    const property = fc.asyncProperty(documentsOf(history), async (others) => {
      for (const [name, text] of Object.entries(others)) writeFileSync(join(folder, name), text);

      await outcomeOf(() => [...listRecords(folder)]);

      for (const name of Object.keys(others)) cpSync(join(history, name), join(folder, name));
      expectPrototypes();
    });
    await fc.assert(property, cases(0.155));
  });

  it("are taken in and can be looked at, or the workspace stays as it was", OF_A_FUZZ, async () => {
    const history = await aHistoryOfDocuments();
    const { inside, expectShut } = aCage();
    const look = fc.constantFrom(...LOOKS);
    const property = fc.asyncProperty(
      documentsOf(history),
      look,
      fc.boolean(),
      async (others, chosen, isOwn) => {
        rmSync(inside, { recursive: true });
        initWorkspace(inside);
        const from = isOwn ? inside : join(inside, "import");
        mkdirSync(from, { recursive: true });
        cpSync(history, from, { recursive: true });
        for (const [name, text] of Object.entries(others)) writeFileSync(join(from, name), text);

        // What is its own is taken in when a workspace is opened for the first time.
        const opened = await outcomeOf(() => openMissionControl({ workspace: inside }));

        if ("value" in opened) {
          const control = opened.value;
          if (!isOwn) await outcomeOf(() => control.importDocuments(from));
          await lookAt(control, chosen);
          await control.close();
        }
        expectPrototypes();
        expectShut();
      },
    );
    await fc.assert(property, cases(0.015));
  });
});
