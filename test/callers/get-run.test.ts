import { expect, it } from "vitest";

import { getRun } from "../../src/callers/tools/get-run.ts";
import { aMissionControl, aWorkspace } from "../support/workspace.ts";

it("get_run waits for what was decided and not yet carried on", async () => {
  const control = await aMissionControl({ workspace: aWorkspace() });
  const tool = getRun({
    control,
    command: (...words) => words.join(" "),
    hash: (text) => text,
    onTrouble: () => {},
  });
  const { run_id } = await control.start({ mission_id: "M001" });
  const look = (wait_seconds: number) =>
    tool.call({ run_id, wait_seconds }, new AbortController().signal);

  const waiting = await look(25);
  await control.decide(run_id, { T2: { type: "approve", decided_by: "ana" } }, { detach: true });
  const decided = await look(0);
  const [ended] = await Promise.all([look(25), control.resume(run_id)]);

  expect(waiting).toMatchObject({ status: "awaiting_approval", waits_for: [{ task_id: "T2" }] });
  expect(decided).toMatchObject({ status: "awaiting_approval", waits_for: [] });
  expect(ended).toMatchObject({ status: "completed" });
});
