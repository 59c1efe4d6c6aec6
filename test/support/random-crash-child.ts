/** A process that carries a random mission through, and kills itself on the way. Arguments: folder, seed, point. */

import { sha256, systemClock } from "../../src/app/system.ts";
import { openMissionControl } from "../../src/index.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { dieAt, dyingStore } from "./dying-store.ts";
import { carryThrough, randomRuntime } from "./random-mission.ts";

const [folder = "", seed = "0", point = "0"] = process.argv.slice(2);
const mission = { folder, seed: Number(seed) };
const { mayDie } = dieAt(Number(point));
const runtime = randomRuntime(mission, mayDie);
const control = await openMissionControl({
  workspace: folder,
  store: dyingStore(
    openSqliteStore(folder, { now: () => systemClock.now(), hash: sha256 }),
    mayDie,
  ),
  runtimes: { A1: runtime, A2: runtime },
});
await carryThrough(control, mission);
await control.close();
