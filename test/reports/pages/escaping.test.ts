import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toPlainText } from "../../../src/model/plain-text.ts";
import { renderPortfolioPage } from "../../../src/reports/pages/portfolio-page.ts";
import { renderRunPage } from "../../../src/reports/pages/run-page.ts";
import { SAMPLE_REFERENCE, type Texts, aPortfolioPage, aWaitingRunPage } from "./fixtures.ts";
import { readSkeleton, readText, unescapeText } from "./page-text.ts";

/** Any text, with what is markup somewhere more often than chance would have it. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "<script>",
        "</style>",
        "</svg>",
        '"',
        "'",
        "&lt;",
        "]]>",
        "<!--",
        "{b}",
        "$&",
      ),
      fc.constantFrom('="zr0-p0', "style=", "__proto__", "url(#zr0-p0)", "{a|x}", "`", "\u0000"),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => `x${parts.join("")}`);
const texts: fc.Arbitrary<Texts> = fc.record({
  mission: text,
  task: text,
  reason: text,
  error: text,
  kpi: text,
});

function squeeze(words: string): string {
  return toPlainText(words).replaceAll(/\s+/g, " ").trim();
}

/** As a KPI's name is shown that has no label. */
function inWords(words: string): string {
  return words.toLowerCase().replaceAll(/[_\s]+/g, " ");
}

describe("pages", () => {
  it("keep their elements and attributes whatever the texts of a run are, and show them", () => {
    const plain = readSkeleton(renderRunPage(...aWaitingRunPage()));

    fc.assert(
      fc.property(texts, (outside) => {
        const page = renderRunPage(...aWaitingRunPage(outside));

        expect(readSkeleton(page)).toEqual(plain);
        for (const each of Object.values(outside)) {
          expect(inWords(readText(page))).toContain(inWords(squeeze(each)).trim());
        }
      }),
      { numRuns: 40 },
    );
  });

  it("keep their elements and attributes whatever a mission of the portfolio is called", () => {
    const render = (mission_name: string) => {
      const missions = SAMPLE_REFERENCE.missions.map((mission) => ({ ...mission, mission_name }));
      const reference = { ...SAMPLE_REFERENCE, missions };
      return renderPortfolioPage(...aPortfolioPage({ date: "2026-02-04", reference }));
    };
    const plain = readSkeleton(render("Mission"));

    fc.assert(
      fc.property(text, (name) => {
        const page = render(name);

        expect(readSkeleton(page)).toEqual(plain);
        expect(readText(page)).toContain(squeeze(name));
      }),
      { numRuns: 20 },
    );
  });

  it("show a name that is markup", () => {
    const page = renderRunPage(...aWaitingRunPage({ mission: "<script>alert(1)</script>" }));

    expect(page).not.toContain("<script");
    expect(unescapeText(page)).toContain("<h1><script>alert(1)</script></h1>");
  });
});
