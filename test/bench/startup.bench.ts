/** The built binary against an empty Node process. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { initWorkspace } from "../../src/index.ts";
import { runProcess } from "../support/processes.ts";
import { median, report, timed } from "./measure.ts";

const ROUNDS = 15;
// From dist/bench/test/bench to dist/bin.
const main = fileURLToPath(new URL("../../../bin/main.js", import.meta.url));
const folder = join(mkdtempSync(join(tmpdir(), "mission-control-bench-")), "workspace");
initWorkspace(folder);

const commands: Readonly<Record<string, readonly string[]>> = {
  "empty process": ["-e", "0"],
  "--help": [main, "--help"],
  runs: [main, "--workspace", folder, "runs"],
  approvals: [main, "--workspace", folder, "approvals"],
};
const times = new Map(Object.keys(commands).map((name) => [name, Array.from<number>([])]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, args] of Object.entries(commands)) {
    times.get(name)?.push(await timed(() => runProcess(process.execPath, args)));
  }
}
const medianOf = (name: string) => median(times.get(name) ?? []);
const empty = medianOf("empty process");
report("start of the command line, medians of 15", {
  "empty process, ms": empty,
  "--help, ratio (at most 1.5)": medianOf("--help") / empty,
  "runs, ratio (at most 2.5)": medianOf("runs") / empty,
  "approvals, ratio (at most 2.5)": medianOf("approvals") / empty,
});
rmSync(join(folder, ".."), { recursive: true });
