/** Whatever a history looks like, looking back at it gives results or says what is wrong with it. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { LazyMissionControl } from "../../src/app/mission-control.ts";
import { openLazily } from "../../src/app/open-mission-control.ts";
import { MissionError } from "../../src/errors.ts";
import { buildEventLog } from "../../src/history/export/event-log.ts";
import { renderCsv } from "../../src/history/export/render-csv.ts";
import { renderXes } from "../../src/history/export/render-xes.ts";
import { aWorkspace, readDocument, writeDocument } from "../support/workspace.ts";

const HISTORY = ["mission_runs", "task_execution_logs", "mission_risk_events"] as const;

/** Everything that reads a history. What is not a {@link MissionError} is our bug, and rejects. */
async function lookBack(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const reads: Readonly<Record<string, (control: LazyMissionControl) => Promise<unknown>>> = {
    replay: (control) => control.replay(),
    backtest: (control) => control.backtest({ policy: { approvals: { due_minutes: 1 } } }),
    advise: (control) => control.advise(),
    export: async (control) => {
      const traces = buildEventLog(await control.history(), control.reference().plans);
      return [...renderXes(traces), ...renderCsv(traces)].join("");
    },
    portfolio: (control) => control.portfolio("2026-02-06"),
    audit: (control) => control.audit(),
  };
  const outcomes: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(reads)) {
    outcomes[name] = await look(folder, read, { leaveOut: name === "audit" }).catch(
      (error: unknown) => {
        if (error instanceof MissionError) return error;
        throw new Error(`${name} broke`, { cause: error });
      },
    );
  }
  return outcomes;
}

async function look(
  folder: string,
  read: (control: LazyMissionControl) => Promise<unknown>,
  reading: { readonly leaveOut: boolean },
): Promise<unknown> {
  const control = await openLazily({ workspace: folder }, reading);
  try {
    return await read(control);
  } finally {
    await control.close();
  }
}

/** What a person, another program or a broken disk may have put into a field. */
const oddValue = fc.constantFrom<unknown>(
  -1,
  0,
  1e308,
  "",
  "odd",
  "__proto__",
  "2026-02-01T00:00:00Z",
  "1999-01-01T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "x".repeat(100_000),
  null,
  true,
  [],
  {},
  undefined,
);

describe("a broken history", () => {
  it("is looked back at, or refused with its place, whatever is wrong with it", async () => {
    const sample = aWorkspace();
    const documents = new Map(HISTORY.map((name) => [name, readDocument(sample, name)]));
    const breakArbitrary = fc.record({
      name: fc.constantFrom(...HISTORY),
      position: fc.nat({ max: 30 }),
      field: fc.nat({ max: 20 }),
      value: oddValue,
      how: fc.constantFrom("change", "change", "change", "drop", "double", "move"),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(breakArbitrary, { minLength: 1, maxLength: 4 }), async (breaks) => {
        const broken = new Map([...documents].map(([name, records]) => [name, [...records]]));
        for (const { name, position, field, value, how } of breaks) {
          const records = broken.get(name) ?? [];
          const place = position % Math.max(1, records.length);
          const record = records[place] ?? {};
          const names = Object.keys(record);
          const changed = { ...record, [names[field % names.length] ?? "run_id"]: value };
          if (how === "change") records[place] = changed;
          else records.splice(place, how === "double" ? 0 : 1, ...(how === "drop" ? [] : [record]));
          if (how === "move") records.reverse();
        }
        const folder = aWorkspace();
        for (const [name, records] of broken) writeDocument(folder, name, records);

        const outcomes = await lookBack(folder);

        expect(outcomes["audit"]).not.toBeInstanceOf(Error);
        for (const outcome of Object.values(outcomes)) {
          if (!(outcome instanceof MissionError)) continue;
          expect(outcome.code).toBe("BAD_DOCUMENT");
          expect(outcome.message).toMatch(/\.json/);
          expect(outcome.message.length).toBeLessThan(5000);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(["mission_runs", "task_execution_logs", "mission_risk_events"])(
    "is refused with line and column when %s is cut off",
    async (name) => {
      const folder = aWorkspace();
      const path = join(folder, `${name}.json`);
      const text = readFileSync(path, "utf8");
      writeFileSync(path, text.slice(0, text.length / 2));

      const { audit, ...others } = await lookBack(folder);

      expect(audit).not.toBeInstanceOf(Error);
      for (const what of ["replay", "backtest", "export", "portfolio"]) {
        expect(others[what]).toMatchObject({ code: "BAD_DOCUMENT" });
        expect(String(others[what])).toMatch(new RegExp(`${name}\\.json: not JSON at line \\d+`));
      }
    },
  );

  it("of nothing at all is an empty result", async () => {
    const folder = aWorkspace();
    for (const name of HISTORY) rmSync(join(folder, `${name}.json`));

    const outcomes = await lookBack(folder);

    expect(outcomes).toMatchObject({
      replay: { runs: [] },
      backtest: { events: { appear: [], vanish: [], same: 0 } },
    });
  });

  it("leaves a workspace that is only looked at as it was", async () => {
    const folder = aWorkspace();
    const before = HISTORY.map((name) => readFileSync(join(folder, `${name}.json`), "utf8"));

    await lookBack(folder);

    expect(HISTORY.map((name) => readFileSync(join(folder, `${name}.json`), "utf8"))).toEqual(
      before,
    );
  });
});
