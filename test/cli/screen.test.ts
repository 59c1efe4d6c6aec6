import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createScreen } from "../../src/cli/screen.ts";
import { unbroken } from "../../src/reports/table.ts";

const NOW = Date.parse("2026-02-06T12:00:00Z");

function aScreen(width?: number, given: readonly string[] = []) {
  return createScreen({ width, now: () => NOW, given });
}

describe("a table", () => {
  const header = ["run", "what", "when", "risk"] as const;
  const rows = [
    ["RUN_2026_02_01_001", "Verify the documents of the customer", unbroken("3 min ago"), "yes"],
    ["RUN_2026_02_01_002", "Call", unbroken("in 2 h"), ""],
  ];

  it("is as wide as its cells where nothing limits it", () => {
    expect(aScreen().table(header, rows, ["risk"])).toBe(
      [
        "RUN                 WHAT                                  WHEN       RISK",
        "RUN_2026_02_01_001  Verify the documents of the customer  3 min ago  yes",
        "RUN_2026_02_01_002  Call                                  in 2 h",
      ].join("\n"),
    );
  });

  it("cuts prose after a word before it leaves anything out", () => {
    expect(aScreen(64).table(header, rows, ["risk"])).toBe(
      [
        "RUN                 WHAT                         WHEN       RISK",
        "RUN_2026_02_01_001  Verify the documents of…     3 min ago  yes",
        "RUN_2026_02_01_002  Call                         in 2 h",
      ].join("\n"),
    );
  });

  it("leaves out what is needed least, as little as possible", () => {
    const [titles] = aScreen(56).table(header, rows, ["when", "risk"]).split("\n");

    expect(titles?.split(/ {2,}/)).toEqual(["RUN", "WHAT", "RISK"]);
  });

  it("counts a wide character as two", () => {
    const table = aScreen(40).table(
      ["name", "n"],
      [
        ["東京の書類", 1],
        ["ab", 2],
      ],
    );

    expect(table).toBe("NAME        N\n東京の書類  1\nab          2");
  });

  it("puts cells below each other where not even the needful ones fit", () => {
    expect(aScreen(30).table(header, rows, ["risk"])).toBe(
      [
        "RUN: RUN_2026_02_01_001",
        "WHAT: Verify the documents of",
        "the customer",
        "WHEN: 3 min ago",
        "",
        "RUN: RUN_2026_02_01_002",
        "WHAT: Call",
        "WHEN: in 2 h",
      ].join("\n"),
    );
  });

  it("fits whatever is in it, and never cuts a word that has no blanks around it", () => {
    const word = fc.stringMatching(/^[a-z0-9_]{1,14}$/);
    const prose = fc.array(word, { minLength: 2, maxLength: 12 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, prose, word), { maxLength: 6 }), (cells) => {
        const lines = aScreen(40).table(["id", "what", "more"], cells, ["more"]).split("\n");

        expect(lines.every((line) => line.length <= 40)).toBe(true);
        expect(cells.every(([id], row) => lines[row + 1]?.startsWith(id))).toBe(true);
      }),
    );
  });
});

describe("a time", () => {
  const screen = aScreen();

  it.each([
    ["2026-02-06T12:00:00Z", "now"],
    ["2026-02-06T11:57:00Z", "3 min ago"],
    ["2026-02-06T12:59:59Z", "in 1 h"],
    ["2026-02-05T13:10:00Z", "23 h ago"],
    [undefined, ""],
  ])("%s is said as %j", (instant, said) => {
    expect(screen.ago(instant)).toBe(said);
  });

  it("is one of the reader's clock where it is further away", () => {
    const local = new Date("2026-02-01T09:05:00Z");
    const hours = String(local.getHours()).padStart(2, "0");
    const minutes = String(local.getMinutes()).padStart(2, "0");

    expect(screen.ago("2026-02-01T09:05:00Z")).toBe(screen.time("2026-02-01T09:05:00Z"));
    expect(screen.time("2026-02-01T09:05:00Z")).toMatch(/^2026-0[12]-\d\d \d\d:\d\d$/);
    expect(screen.time("2026-02-01T09:05:00Z")).toContain(`${hours}:${minutes}`);
  });
});

describe("a command", () => {
  it("repeats the global options, and quotes what a shell would take apart", () => {
    const screen = aScreen(80, ["--workspace", "/tmp/my work"]);

    expect(screen.command("reject", "R1", "T2", "--reason", "it's late")).toBe(
      "mission-control --workspace '/tmp/my work' reject R1 T2 --reason 'it'\\''s late'",
    );
  });
});
