import { describe, expect, it } from "vitest";

import { drawBars } from "../../../src/reports/pages/bar-chart.ts";
import { fitText } from "../../../src/reports/pages/chart.ts";
import { html, toDocument } from "../../../src/reports/pages/html.ts";
import { FILLS } from "../../../src/reports/pages/palette.ts";

function draw(id: string, name: string): string {
  const rows = [{ name, bars: [{ value: 2, words: "2 min", fill: FILLS.wait }] }];
  return toDocument(html`${drawBars(rows, { id, label: `Bars of ${name}`, axisName: "minutes" })}`);
}

describe("drawChart", () => {
  it("draws the same text for the same chart, whatever was drawn before", () => {
    const first = draw("one", "Work");
    draw("two", "Other");

    expect(draw("one", "Work")).toBe(first);
  });

  it("names patterns by the chart, so that charts of a page do not take each other's", () => {
    expect(draw("one", "Work")).toContain("url(#one-p0)");
    expect(draw("one", "Work")).toContain('id="one-p0"');
    expect(draw("two", "Work")).not.toContain("one-");
  });

  it("has no script, no style, no class, no reference to the network", () => {
    expect(draw("one", "Work")).not.toMatch(/<script|<style|class=|https?:|ecmeta/);
  });

  it("leaves text alone that looks like what is taken off", () => {
    expect(draw("one", 'class="a" zr0-p0')).toContain(">class=&quot;a&quot; zr0-p0</text>");
  });
});

describe("fitText", () => {
  it.each([
    { text: "Verify", width: 100, fitted: "Verify" },
    { text: "Verify  the\ndocuments", width: 200, fitted: "Verify the documents" },
    { text: "Verify documents", width: 60, fitted: "Verify d…" },
    { text: "😀😀😀😀", width: 40, fitted: "😀😀…" },
    { text: "W", width: 5, fitted: "…" },
    { text: "", width: 5, fitted: "" },
  ])("shows $text in $width pixels as $fitted", ({ text, width, fitted }) => {
    expect(fitText(text, width)).toBe(fitted);
  });
});
