import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { afterEach, describe, expect, it } from "vitest";

import { runProcess } from "../support/processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const planted = `${root}src/planning/planted-violation`;
const cruise = () => runProcess(`${root}node_modules/.bin/depcruise`, ["src", "graph"]);

afterEach(() => rmSync(planted, { recursive: true, force: true }));

describe("the boundaries between the rooms", () => {
  it("hold over all modules but one that breaks them", async () => {
    mkdirSync(planted);
    writeFileSync(
      `${planted}/clock.ts`,
      'import { readFileSync } from "node:fs";\nexport { readFileSync };\n',
    );

    const { code, stdout } = await cruise();

    expect(code).not.toBe(0);
    const told = stdout.split("\n").filter((line) => /^\s*(?:error|warn|info) /.test(line));
    expect(told).toEqual([expect.stringContaining("rules-import-rules-and-model")]);
    const modules = Number(/(\d+) modules/.exec(stdout)?.[1]);
    expect(modules).toBeGreaterThan(80);
  });
});
