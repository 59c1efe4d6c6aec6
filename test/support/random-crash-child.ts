/** A process that carries a random mission through, and kills itself on the way. Arguments: folder, seed, point, store. */

import { openMissionControl } from "../../src/index.ts";
import { openAnyStore } from "./any-store.ts";
import { dieAt, dyingStore } from "./dying-store.ts";
import { carryThrough, randomRuntime } from "./random-mission.ts";

const [folder = "", seed = "0", point = "0", store = folder] = process.argv.slice(2);
const mission = { folder, seed: Number(seed) };
const { mayDie } = dieAt(Number(point));
const runtime = randomRuntime(mission, mayDie);
const control = await openMissionControl({
  workspace: folder,
  store: dyingStore(await openAnyStore(store), mayDie),
  runtimes: { A1: runtime, A2: runtime },
});
await carryThrough(control, mission);
await control.close();
