/** What a newcomer does: from an empty folder to a board about a business of their own, with commands alone. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { runCli } from "../support/command-line.ts";
import { type Ended, runProcess } from "../support/processes.ts";
import { aFolder } from "../support/workspace.ts";

/** All that is written by hand. */
const SCHEMA = `{
  "type": "object",
  "properties": {
    "order": { "type": "string", "minLength": 1 },
    "amount": { "type": "number", "minimum": 0 },
    "damaged": { "type": "boolean" }
  },
  "required": ["order", "amount"],
  "additionalProperties": false
}
`;
const BY_HAND: Readonly<Record<string, string>> = { "refund-inputs.json": SCHEMA };

/** The words of a command line: quotes hold words together. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

const BUSINESS = `
new agent desk --name 'Service desk' --description 'Reads what customers write, and answers.'
new agent stock --name Warehouse
new agent fraud --name 'Fraud desk'
new agent books --name Accounting
new agent quality --name Quality
new mission R1 --name 'Refund orders' --owner 'Head of Service' --description 'Fair refunds within two days.' --time-budget 2880 --input-schema FOLDER/refund-inputs.json
new task R1 read --name 'Read the complaint' --minutes 4 --agents desk
new task R1 order --name 'Find the order' --minutes 3 --agents desk,books --after read
new task R1 goods --name 'Look at the goods' --minutes 20 --agents stock,quality --after order --only-if '{"at": "/mission_inputs/damaged", "op": "==", "value": true}'
new task R1 check --name 'Look for fraud' --minutes 15 --agents fraud --after order --approval after --only-if '{"at": "/mission_inputs/amount", "op": ">", "value": 500}'
new task R1 offer --name 'Propose a refund' --minutes 6 --agents books,desk --after goods,check --approval after
new task R1 pay --name 'Pay the refund' --minutes 2 --agents books --after offer --approval before
new task R1 tell --name 'Tell the customer' --minutes 5 --agents desk --after pay
new task R1 learn --name 'Say what went wrong' --minutes 10 --agents quality --after pay
new kpi R1 refund_time --baseline 5 --target 2 --label 'Refund time' --unit days --simulate-best 1 --simulate-worst 3
new kpi R1 cost_per_refund --baseline 14 --target 9 --label 'Cost per refund' --unit € --decimals 2 --simulate-best 7 --simulate-worst 8
new kpi R1 fraud_share --baseline 3 --target 1 --label 'Paid to fraud' --unit % --simulate-best 0.5 --simulate-worst 0.9
new kpi R1 stars --baseline 3.4 --target 4.2 --label 'Stars given' --unit stars --simulate-best 4.6 --simulate-worst 4.3
new kpi R1 refund_of_price --max 100 --label 'Refund of the price' --unit % --simulate-best 80 --simulate-worst 95
`;

describe("a business of one's own", () => {
  it("is described, checked, planned, run, decided on and judged without an editor", async () => {
    const folder = aFolder();
    const workspace = join(folder, "shop");
    for (const [file, text] of Object.entries(BY_HAND)) writeFileSync(join(folder, file), text);
    const cli = (...args: readonly string[]) => runCli(["--workspace", workspace, ...args]);
    const inputs = ["--input", "order=O-17", "--input", "amount=900", "--input", "damaged=true"];

    const made: Ended[] = [await cli("init", "--empty")];
    for (const line of BUSINESS.trim().split("\n")) {
      made.push(await cli(...words(line.replace("FOLDER", folder))));
    }
    const validated = await cli("validate");
    const planned = await cli("plan", "R1");
    const refused = await cli("run", "R1", "--input", "order=O-17");
    const started = await cli("run", "R1", ...inputs);
    const decided = [
      await cli("approve", "latest", "check", "--by", "ana"),
      await cli("edit", "latest", "offer", "--set", "summary=Refund 80 %", "--by", "ana"),
      await cli("approve", "latest", "pay", "--by", "ben"),
    ];
    const run: { status: string; kpi_gap_summary: { kpi: string; status: string }[] } = JSON.parse(
      (await cli("--json", "show", "latest")).stdout,
    );
    const small = await cli("--json", "run", "R1", "--input", "order=O-18", "--input", "amount=20");
    const board = await cli("portfolio");

    expect(made.map(({ code, stderr }) => [code, stderr])).toEqual(made.map(() => [0, ""]));
    expect(validated).toMatchObject({ code: 0, stdout: `${workspace}: no faults.\n` });
    expect(planned.stdout).toContain("8 tasks, 3 gates.");
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("amount is missing"),
    });
    expect(started.code).toBe(3);
    expect(decided.map(({ code }) => code)).toEqual([3, 3, 0]);
    expect(run.status).toBe("completed");
    expect(run.kpi_gap_summary.map(({ kpi, status }) => [kpi, status])).toHaveLength(5);
    expect(JSON.parse(small.stdout).task_status_by_id).toMatchObject({
      goods: "not_needed",
      check: "not_needed",
      offer: "awaiting_approval",
    });
    expect(board.stdout).toContain("Refund orders");
    expect(board.stdout).toContain("Cost per refund");
  });

  it("takes at most 40 lines written by hand", () => {
    const lines = Object.values(BY_HAND).flatMap((text) => text.trimEnd().split("\n"));

    expect(lines.length).toBeLessThanOrEqual(40);
  });

  it("comes about by what the README says, letter by letter", async () => {
    const folder = aFolder();
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, section = ""] = readme.split("## A business of your own\n");
    const [, script = ""] = /```sh\n([^]*?)```/.exec(section) ?? [];
    const main = fileURLToPath(new URL("../../dist/bin/main.js", import.meta.url));
    writeFileSync(join(folder, "mission-control"), `#!/bin/sh\nexec node ${main} "$@"\n`, {
      mode: 0o755,
    });
    // Nobody sits at a terminal here: the run stops, and is approved.
    const approved = script.replace(
      /(\nmission-control run .*)/,
      "$1\nmission-control approve latest --by ana",
    );

    const ended = await runProcess("sh", ["-c", `PATH=.:$PATH\n${approved}`], { cwd: folder });

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toContain("shop: no faults.");
    expect(ended.stdout).toContain("2 tasks, 1 gate.");
    expect(ended.stdout).toMatch(/Refund time.*days/);
    expect(script.trimEnd().split("\n").length).toBeLessThanOrEqual(15);
  });
});
