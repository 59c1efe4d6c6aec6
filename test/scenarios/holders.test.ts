import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { listIsolation } from "../support/isolation.ts";
import { bundleScript, prepareScript, runProcess } from "../support/processes.ts";

const ROUNDS = 200;
const ISOLATION = listIsolation();

it("holders come, look and go at the same time, and nobody's file is taken for one that was left", async () => {
  const play = await prepareScript("test/support/holder-child.ts");
  const folder = join(mkdtempSync(join(tmpdir(), "mission-control-holders-")), "holders");
  onTestFinished(() => rmSync(join(folder, ".."), { recursive: true }));

  const ended = await Promise.all([1, 2, 3].map(() => play([folder, String(ROUNDS)])));

  expect(ended).toEqual(ended.map(() => ({ code: 0, stdout: "0", stderr: "" })));
  expect(readdirSync(folder)).toEqual([]);
});

const describeIn = async (...within: readonly string[]): Promise<Record<string, unknown>> => {
  const script = await bundleScript("test/support/process-child.ts");
  onTestFinished(() => script.remove());
  const [program, ...args] = [...within, process.execPath, script.path];
  return JSON.parse((await runProcess(program, args)).stdout);
};

it.runIf(process.platform === "linux")("a process tells which it is", async () => {
  const told = await describeIn();

  expect(told).toMatchObject({
    pid: told["own"],
    namespace: expect.stringContaining("pid:"),
    started: expect.stringMatching(/^\d+$/),
  });
});

it.runIf(ISOLATION.length > 0)(
  "a process says nothing where `/proc` shows others than those around it",
  async () => {
    expect(await describeIn(...ISOLATION)).toMatchObject({ namespace: "" });
  },
);
