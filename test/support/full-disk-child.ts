/** A process whose disk fills up and is freed again while it works. Argument: the workspace. */

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

import { MissionError, openMissionControl } from "../../src/index.ts";

const [workspace = ""] = process.argv.slice(2);
const ballast = join(workspace, "ballast");

/** Writes until nothing more fits. */
function fillDisk(): void {
  const file = openSync(ballast, "w");
  try {
    for (let size = 1 << 16; size >= 1; size = size === 1 ? 0 : size >> 1) {
      const piece = Buffer.alloc(size);
      try {
        for (;;) writeSync(file, piece);
      } catch {
        // Perhaps a smaller piece fits.
      }
    }
  } finally {
    closeSync(file);
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    return error instanceof MissionError ? error.code : String(error);
  }
}

const control = await openMissionControl({ workspace, onWarning: () => {} });
const { run_id } = await control.start({ mission_id: "M001" });
const approve = { type: "approve", decided_by: "ana" } as const;
fillDisk();
const codes: string[] = [];
// What space is left within the pages of the database lasts for a few writes at most.
for (let tries = 0; tries < 100 && codes.at(-1) !== "STORE_FAILED"; tries += 1) {
  codes.push(await codeOf(control.start({ mission_id: "M002" })));
}
const decided = await codeOf(control.decide(run_id, { T2: approve }));
const readable = (await control.run(run_id)).status;
rmSync(ballast);
const started = await control.start({ mission_id: "M003" });
const outcome =
  decided === "done" ? await control.resume(run_id) : await control.decide(run_id, { T2: approve });
await control.close();
const told = { codes, decided, readable, started: started.status, status: outcome.status };
process.stdout.write(JSON.stringify({ ...told, run_id }));
