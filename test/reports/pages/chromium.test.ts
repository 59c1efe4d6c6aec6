import { existsSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";

import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

import { renderPortfolioPage } from "../../../src/reports/pages/portfolio-page.ts";
import { renderRunPage } from "../../../src/reports/pages/run-page.ts";
import { aFolder } from "../../support/workspace.ts";
import { aLargeRunPage, aPortfolioPage, aWaitingRunPage, sampleRunPage } from "./fixtures.ts";

const KNOWN_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const executablePath = KNOWN_PLACES.find((place) => existsSync(place));

const LONG = "<script>document.title = 'run'</script> & \"W\" 😀 ".repeat(20);
const PAGES = [
  { name: "a run of the sample", text: renderRunPage(...sampleRunPage("RUN_2026_02_01_001")) },
  { name: "a run that waits", text: renderRunPage(...aWaitingRunPage()) },
  { name: "a large run", text: renderRunPage(...aLargeRunPage(300)) },
  {
    name: "a run of long texts",
    text: renderRunPage(
      ...aWaitingRunPage({
        mission: LONG,
        task: LONG,
        reason: "W".repeat(2000),
        error: "_".repeat(500),
        kpi: "k".repeat(200),
      }),
    ),
  },
  { name: "the portfolio", text: renderPortfolioPage(...aPortfolioPage({ date: "2026-02-04" })) },
];
/** A common telephone. */
const PHONE = { width: 390, height: 844 };

const HEIGHT = 900;
const SCREEN = { media: "screen", width: 1280 } as const;
const MEDIA = [
  SCREEN,
  { media: "screen", width: 390 },
  // A4 between its margins.
  { media: "print", width: 688 },
] as const;

describe.skipIf(executablePath === undefined)(
  `pages in Chromium (skipped where none is installed: ${executablePath ?? "none here"})`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({
        ...(executablePath === undefined ? {} : { executablePath }),
        args: ["--no-sandbox"],
      });
    });
    afterAll(() => browser.close());

    it.each(PAGES)(
      "fit screens and paper without script or network, all charts shown: $name",
      async ({ text }) => {
        const { page, troubles } = await open(text, { ...SCREEN, javaScriptEnabled: false });

        for (const { media, width } of MEDIA) {
          await page.emulateMedia({ media });
          await page.setViewportSize({ width, height: HEIGHT });
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
          expect(await overflowing(page)).toEqual([]);
          const charts = await page.locator("svg:visible").all();
          const boxes = await Promise.all(charts.map((chart) => chart.boundingBox()));

          // Those folded away on a screen are shown on paper.
          expect(charts.length).toBe(await page.locator(shownSvg(media)).count());
          expect(boxes.filter((box) => (box?.width ?? 0) < 60 || (box?.height ?? 0) < 8)).toEqual(
            [],
          );
          expect(countShades(await page.screenshot())).toBeGreaterThan(50);
        }
        expect(troubles).toEqual([]);
      },
    );

    it.each([
      { name: "a run of the sample", text: renderRunPage(...sampleRunPage("RUN_2026_02_01_006")) },
      { name: "a large run", text: renderRunPage(...aLargeRunPage(500)) },
      {
        name: "the portfolio",
        text: renderPortfolioPage(...aPortfolioPage({ date: "2026-02-06" })),
      },
    ])("leads $name in three screens of a telephone to the details", async ({ text }) => {
      const { page } = await open(text, {
        media: "screen",
        width: PHONE.width,
        javaScriptEnabled: false,
      });

      const top = await page
        .locator("#details")
        .evaluate((node) => node.getBoundingClientRect().top);
      expect(top).toBeLessThan(3 * PHONE.height);
    });

    it("has the reader's colours, dark or light, and enough contrast in both", async () => {
      const text = renderPortfolioPage(...aPortfolioPage({ date: "2026-02-04" }));
      const { page } = await open(text, { ...SCREEN, javaScriptEnabled: false });
      const lights: number[] = [];
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ media: "screen", colorScheme });
        const [ground = 0, ...marks] = (await coloursOf(page)).map(luminance);
        lights.push(ground);
        const contrasts = marks.map(
          (mark) => (Math.max(mark, ground) + 0.05) / (Math.min(mark, ground) + 0.05),
        );
        // As WCAG 2 asks of text, level AA.
        expect(Math.min(...contrasts)).toBeGreaterThan(4.5);
      }
      expect(lights[0]).toBeGreaterThan(0.9);
      expect(lights[1]).toBeLessThan(0.1);
    });

    it("shows on paper what is folded away on a screen", async () => {
      const text = renderRunPage(...sampleRunPage("RUN_2026_02_01_001"));
      const screen = await open(text, { ...SCREEN, javaScriptEnabled: false });
      const paper = await open(text, { media: "print", width: 688, javaScriptEnabled: false });
      const cells = "details td:visible";

      expect(await screen.page.locator(cells).count()).toBe(0);
      expect(await paper.page.locator(cells).count()).toBe(
        await paper.page.locator("details td").count(),
      );
    });

    it("shows a mission called <script>, and does not run it", async () => {
      const mission =
        "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\">";
      // Without the page's policy, which would hide a failure to escape.
      const text = renderRunPage(...aWaitingRunPage({ mission, task: mission })).replace(
        /<meta http-equiv[^>]*>/,
        "",
      );
      const { page, troubles } = await open(text, { ...SCREEN, javaScriptEnabled: true });

      expect(await page.locator("h1").textContent()).toBe(mission);
      expect(await page.title()).toBe(`${mission}: R1`);
      expect(await page.locator("script, img").count()).toBe(0);
      expect(troubles).toEqual([]);
    });

    it("runs no script even where one got in", async () => {
      const text = renderRunPage(...aWaitingRunPage()).replace(
        "</main>",
        "</main><script>document.title = 'run'</script>",
      );
      const { page } = await open(text, { ...SCREEN, javaScriptEnabled: true });

      expect(await page.title()).toBe("Mission: R1");
    });

    /** Opens the page from a file, offline; collects what went wrong or went out. */
    async function open(
      text: string,
      {
        media,
        width,
        javaScriptEnabled,
      }: { media: "screen" | "print"; width: number; javaScriptEnabled: boolean },
    ): Promise<{ page: Page; troubles: readonly string[] }> {
      const file = `${aFolder()}/page.html`;
      writeFileSync(file, text);
      const url = pathToFileURL(file).href;
      const context = await browser.newContext({
        viewport: { width, height: HEIGHT },
        offline: true,
        javaScriptEnabled,
      });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on("console", (message) => troubles.push(message.text()));
      page.on("pageerror", (error) => troubles.push(error.message));
      page.on("request", (request) => {
        if (request.url() !== url) troubles.push(request.url());
      });
      await page.emulateMedia({ media });
      await page.goto(url);
      return { page, troubles };
    }
  },
);

/** The charts that are meant to be seen: all of them, but on a screen not those in what is folded away. */
function shownSvg(media: "screen" | "print"): string {
  return media === "print" ? "svg" : "svg:not(details svg)";
}

/** What reaches beyond the page; text inside a chart may be cut by the chart's edge, but not go beyond. */
async function overflowing(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll("main *")]
    .filter((element) => element.getBoundingClientRect().width > 0)
    .filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return left < -1 || right > document.documentElement.clientWidth + 1;
    })
    .map((element) => element.outerHTML.slice(0, 200))`);
}

/** The colour of the ground, then those of all words and marks on it. */
async function coloursOf(page: Page): Promise<readonly string[]> {
  return z.array(z.string()).parse(
    await page.evaluate(`[
      getComputedStyle(document.body).backgroundColor,
      ...[...document.querySelectorAll(".lead, .note, .mark, a, figcaption")].map(
        (node) => getComputedStyle(node).color,
      ),
      ...[...document.querySelectorAll("svg text")].map((node) => getComputedStyle(node).fill),
    ]`),
  );
}

/** As WCAG 2 defines it: 0 is black, 1 white. @param colour as `rgb(1, 2, 3)`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How many different bytes a picture has: a blank one has a handful. */
function countShades(png: Buffer): number {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") {
      parts.push(png.subarray(at + 8, at + 8 + length));
    }
    at += length + 12;
  }
  return new Set(inflateSync(Buffer.concat(parts))).size;
}
