import { describe, expect, it } from "vitest";

import { openPolisher } from "../../src/app/open-polisher.ts";
import type { Polisher } from "../../src/summary/polisher.ts";

const summary = { text: "All is done.", facts: [{ text: "all is done" }] };
const signal = new AbortController().signal;

describe("openPolisher", () => {
  it("is undefined where nothing is configured", () => {
    expect(openPolisher(undefined)).toBeUndefined();
  });

  it("rewords with a function", async () => {
    const reword = openPolisher(async () => ({ sentences: ["Overall, {1}."] }));

    expect(await reword?.(summary, signal)).toMatchObject({
      executive_summary: "Overall, all is done.",
    });
  });

  // A limit that is not kept would be longer than the time this test has.
  it("keeps the rule text when the second answer is late", { timeout: 5_000 }, async () => {
    const asked: AbortSignal[] = [];
    const polisher: Polisher = async (request, given) => {
      asked.push(given);
      return request.refused === undefined ? {} : new Promise(() => {});
    };

    const wording = await openPolisher(polisher, 0.02)?.(summary, signal);

    expect(wording).toEqual({
      executive_summary: "All is done.",
      polish: { status: "failed", reason: "There was no answer within 0.02 seconds." },
    });
    expect(asked.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it("rejects as soon as the run is stopped", async () => {
    const stop = new AbortController();
    const asked = openPolisher(() => new Promise(() => {}))?.(summary, stop.signal);

    stop.abort(new Error("stopped"));

    await expect(asked).rejects.toBe(stop.signal.reason);
  });
});
