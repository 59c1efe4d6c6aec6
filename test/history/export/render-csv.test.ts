import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildEventLog } from "../../../src/history/export/event-log.ts";
import { toPlainText } from "../../../src/model/plain-text.ts";
import { aRow, aTask } from "../../support/builders.ts";
import { SAMPLE, SAMPLE_PLANS, aLog, parseCsv, textArbitrary, toCsv } from "./logs.ts";

const HEADER =
  "case,activity,resource,start,complete,outcome,attempt,mission,work_minutes,waiting_minutes,mission_inputs";

describe("renderCsv", () => {
  it("writes the sample, a line an activity", () => {
    const lines = toCsv(buildEventLog(SAMPLE, SAMPLE_PLANS)).split("\r\n");

    expect(lines).toHaveLength(32);
    expect(lines.slice(0, 4)).toEqual([
      HEADER,
      "RUN_2026_02_01_001,T1 Collect customer information,A1,2026-02-01T14:05:00Z,2026-02-01T14:11:00Z,completed,1,M001,6,0,",
      "RUN_2026_02_01_001,T2 Verify documents: approval,human,2026-02-01T14:11:00Z,2026-02-01T14:18:00Z,approved,1,M001,0,7,",
      "RUN_2026_02_01_001,T2 Verify documents,A2,2026-02-01T14:18:00Z,2026-02-01T14:27:00Z,approved,1,M001,9,0,",
    ]);
    expect(lines.at(-1)).toBe("");
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1"])(
    "keeps %j from being a formula",
    (by) => {
      const rows = [aRow({ decided_by: by, decision: "approve" })];

      expect(parseCsv(toCsv(aLog({ rows })))[1]?.[2]).toBe(`'${by}`);
    },
  );

  it("parses back, whatever tasks and people are called", () => {
    fc.assert(
      fc.property(textArbitrary, textArbitrary, (task, by) => {
        const rows = [aRow({ decided_by: by, decision: "approve" })];

        const [header, approval, work, ...more] = parseCsv(
          toCsv(aLog({ tasks: [aTask({ task })], rows })),
        );

        expect(header?.join(",")).toBe(HEADER);
        expect(approval?.[1]).toBe(toPlainText(`T1 ${task}: approval`));
        const plain = toPlainText(by);
        expect(approval?.[2]).toBe(/^[=+\-@\t\n]/.test(plain) ? `'${plain}` : plain);
        expect(work?.[1]).toBe(toPlainText(`T1 ${task}`));
        expect(work).toHaveLength(11);
        expect(more).toEqual([]);
      }),
    );
  });

  it("is a header alone when there are no runs", () => {
    expect(toCsv([])).toBe(`${HEADER}\r\n`);
  });
});
