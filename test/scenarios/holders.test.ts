import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { prepareScript } from "../support/processes.ts";

const ROUNDS = 200;

it("holders come, look and go at the same time, and nobody's file is taken for one that was left", async () => {
  const play = await prepareScript("test/support/holder-child.ts");
  const folder = join(mkdtempSync(join(tmpdir(), "mission-control-holders-")), "holders");
  onTestFinished(() => rmSync(join(folder, ".."), { recursive: true }));

  const ended = await Promise.all([1, 2, 3].map(() => play([folder, String(ROUNDS)])));

  expect(ended).toEqual(ended.map(() => ({ code: 0, stdout: "0", stderr: "" })));
  expect(readdirSync(folder)).toEqual([]);
});
