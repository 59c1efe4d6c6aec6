import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toPlainText } from "../../../src/model/plain-text.ts";
import { html, toDocument } from "../../../src/reports/pages/html.ts";
import { unescapeText } from "./page-text.ts";

describe("html", () => {
  it("escapes text in elements and in attributes, and keeps what is markup already", () => {
    const name = `<b title="x">O'Neil & Co</b>`;
    const escaped = "&lt;b title=&quot;x&quot;&gt;O&#39;Neil &amp; Co&lt;/b&gt;";

    const piece = html`<p title="${name}">${html`<i>${name}</i>`} ${3}</p>`;

    expect(toDocument(piece)).toBe(
      `<!doctype html>\n<p title="${escaped}"><i>${escaped}</i> 3</p>\n`,
    );
  });

  it("puts pieces of a list one after another", () => {
    const pieces = ["a", "b"].map((text) => html`<li>${text}</li>`);

    expect(toDocument(html`${pieces}`)).toContain("<li>a</li><li>b</li>");
  });

  it("never lets text end an element or an attribute, and loses none of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const [, attribute = "", content = ""] =
          /<p title="([^"<>]*)">([^<>]*)<\/p>/.exec(
            toDocument(html`<p title="${text}">${text}</p>`),
          ) ?? [];

        expect(unescapeText(attribute)).toBe(toPlainText(text));
        expect(unescapeText(content)).toBe(toPlainText(text));
      }),
    );
  });
});
