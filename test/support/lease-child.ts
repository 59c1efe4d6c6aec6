/** A process that holds the lease of a run, and does what it is told, a line each. Argument: where its store is. */

import { createInterface } from "node:readline";

import { MissionError } from "../../src/errors.ts";
import { openAnyStore } from "./any-store.ts";

const [location = ""] = process.argv.slice(2);
const store = await openAnyStore(location);
await store.takeLease("R1");
say("held");

for await (const line of createInterface(process.stdin)) {
  const [order = "", text = ""] = line.split(" ");
  if (order === "spin") {
    say("spinning");
    const end = performance.now() + Number(text);
    while (performance.now() < end);
    say("spun");
  }
  if (order === "write") {
    try {
      await store.changeRun("R1", (run) => ({ ...run, requested_by: text }));
      say("written");
    } catch (error) {
      say(error instanceof MissionError ? error.code : String(error));
    }
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
