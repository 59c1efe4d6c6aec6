import { describe, expect, it } from "vitest";

import { MissionError } from "../../src/errors.ts";
import { CONNECTIVE_WORDS } from "../../src/summary/connectives.ts";
import { NoWordingError, type PolishRequest } from "../../src/summary/polisher.ts";
import { type TimeLimit, createReword } from "../../src/summary/reword.ts";

const summary = {
  text: "One is done. Ana should decide.",
  facts: [{ text: "one is done", group: "outcome" }, { text: "ana should decide" }],
};
const GOOD = { sentences: ["In short, {1}; {2}."] };
const ILLEGAL = { sentences: ["Illegally, {1}; {2}."] };
const unlimited: TimeLimit = (work, signal) => work(signal);

/** Rewords with these answers, in this order, and says what was asked. */
async function rewordWith(...answers: readonly unknown[]) {
  const asked: PolishRequest[] = [];
  const polisher = async (request: PolishRequest) => {
    asked.push(request);
    return answers[asked.length - 1];
  };
  const reword = createReword(polisher, unlimited);
  return { wording: await reword(summary, new AbortController().signal), asked };
}

const rewordFailing = (error: unknown, signal = new AbortController().signal) =>
  createReword(() => Promise.reject(error), unlimited)(summary, signal);

describe("createReword", () => {
  it("asks with the facts by number, and with the words there are", async () => {
    const { wording, asked } = await rewordWith(GOOD);

    expect(wording).toEqual({
      executive_summary: "In short, one is done; ana should decide.",
      polish: { status: "used", reason: "" },
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.facts).toEqual([
      { number: 1, text: "one is done", group: "outcome" },
      { number: 2, text: "ana should decide" },
    ]);
    expect(asked[0]).not.toHaveProperty("refused");
    const { openers_of = {}, ...lists } = asked[0]?.phrases ?? {};
    const phrases = [...Object.values(lists), ...Object.values(openers_of)].flat();
    expect(new Set(phrases.flatMap((phrase) => phrase.split(" ")))).toEqual(
      new Set(CONNECTIVE_WORDS),
    );
  });

  it("asks once more with the word that was refused", async () => {
    const { wording, asked } = await rewordWith(ILLEGAL, GOOD);

    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual({ ...asked[0], refused: 'A word is not on the list: "Illegally"' });
    expect(wording.polish.status).toBe("used");
  });

  it.each([
    ["another word", ILLEGAL, "A word is not on the list."],
    ["a lost fact", { sentences: ["{1}."] }, "A fact is left out."],
    ["no object", "In short, {1}; {2}.", "The answer is no list of sentences."],
    ["nothing", undefined, "The answer is no list of sentences."],
    ["no sentences", { sentences: [] }, "The answer is no list of sentences."],
    ["sentences that are no texts", { sentences: [1] }, "The answer is no list of sentences."],
  ])(
    "keeps the rule text after %s twice, and asks no third time",
    async (_name, answer, reason) => {
      const { wording, asked } = await rewordWith(answer, answer, GOOD);

      expect(wording).toEqual({
        executive_summary: summary.text,
        polish: { status: "refused", reason },
      });
      expect(asked).toHaveLength(2);
    },
  );

  it("keeps the rule text when there is no answer, with a reason of ours alone", async () => {
    const own = await rewordFailing(new NoWordingError("The language model x cannot be reached."));
    const foreign = await rewordFailing(new SyntaxError('"It was illegally completed" is no JSON'));

    expect(own).toEqual({
      executive_summary: summary.text,
      polish: { status: "failed", reason: "The language model x cannot be reached." },
    });
    expect(foreign).toEqual({
      executive_summary: summary.text,
      polish: { status: "failed", reason: "The polisher gave an error." },
    });
  });

  it("gives both questions one time limit, and its signal", async () => {
    const inner = new AbortController().signal;
    const signals: AbortSignal[] = [];
    let limits = 0;
    const polisher = async (_request: PolishRequest, signal: AbortSignal) => {
      signals.push(signal);
      return ILLEGAL;
    };
    const limit: TimeLimit = (work) => {
      limits += 1;
      return work(inner);
    };

    await createReword(polisher, limit)(summary, new AbortController().signal);

    expect(limits).toBe(1);
    expect(signals).toEqual([inner, inner]);
  });

  it("rejects when the run is stopped, and with what is not the model's", async () => {
    const stopped = new Error("stopped");
    const busy = new MissionError("BUSY", "Somebody else is at work.");

    await expect(rewordFailing(new Error("x"), AbortSignal.abort(stopped))).rejects.toBe(stopped);
    await expect(rewordFailing(busy)).rejects.toBe(busy);
  });
});
