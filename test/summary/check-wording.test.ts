import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { checkWording } from "../../src/summary/check-wording.ts";
import {
  CONNECTIVE_WORDS,
  JOINERS,
  LEADS,
  OPENERS,
  OPENERS_OF,
} from "../../src/summary/connectives.ts";
import type { SummaryFact } from "../../src/summary/write-summary.ts";
import { DISHONEST_REWORDINGS } from "./dishonest-rewordings.ts";
import { HONEST_REWORDINGS } from "./honest-rewordings.ts";
import { SUMMARIES } from "./summaries.ts";

const PAIR: readonly SummaryFact[] = [
  { text: "one is done", group: "a" },
  { text: "two is done", group: "a" },
];
const APART: readonly SummaryFact[] = [{ text: "one is done" }, { text: "two is done" }];

const read = (sentences: readonly string[], facts: readonly SummaryFact[] = PAIR) => {
  const verdict = checkWording(sentences, facts);
  return verdict.kind === "accepted" ? verdict.text : `${verdict.reason}: ${verdict.found}`;
};

describe("checkWording", () => {
  it("accepts at least 90 of 100 honest rewordings", () => {
    const verdicts = Object.values(
      mapSummaries((facts, name) =>
        HONEST_REWORDINGS[name].map((sentences) => checkWording(sentences, facts)),
      ),
    ).flat();

    expect(verdicts).toHaveLength(100);
    expect(verdicts.filter(({ kind }) => kind === "accepted").length).toBeGreaterThanOrEqual(90);
  });

  it.each(DISHONEST_REWORDINGS)("refuses $found in $sentences.0", ({ of, sentences, found }) => {
    expect(checkWording(sentences, SUMMARIES[of])).toMatchObject({ kind: "refused", found });
  });

  it("puts the facts in place of their numbers", () => {
    const sentences = ["{5}, and {6}; {7}", "In short, {8}, and {9}.", "{1}: {2}, {3} and {4}."];

    expect(read([...sentences, "Also, {10}; {11}"], SUMMARIES.completed)).toBe(
      [
        "onboarding_time_days is 2.1, on target (at most 3, from 5), and csat is 3.9, off target (at least 4); not measured: steps.",
        "In short, people were waited for during 12 of 73 minutes, and most time was lost by waiting for a person at T2 (Verify documents): 10 minutes.",
        "Reduce Onboarding Time (M001) completed after 73 minutes: 4 of 4 tasks done, 2 decisions by people and 1 escalation.",
        "Also, at risk: sla_breach_risk at T2 (high); next: ana should look into sla_breach_risk at T2 (high).",
      ].join(" "),
    );
  });

  it("writes words, spaces and capitals its own way", () => {
    expect(read(["  IN   shORT ,{2}aNd the figures :{1} ."])).toBe(
      "In short, two is done and the figures: one is done.",
    );
    expect(read(["{1}.and {2}"])).toBe("One is done. And two is done.");
  });

  it("fills each place once, whatever the facts say", () => {
    const facts = [{ text: "{2} $1 $&" }, { text: "{1}" }];

    expect(read(["{1}", "{2}"], facts)).toBe("{2} $1 $&. {1}.");
  });

  it.each([
    ["a mark", "{1}, {2}"],
    ["a colon", "{1}: {2}"],
    ["a semicolon", "{1}; {2}"],
    ["a full stop", "{1}. {2}"],
    ["a joiner", "{1} as well as {2}"],
    ["a mark and a joiner", "{1}, and {2}"],
    ["a joiner and an opener", "{1} and, in addition, {2}"],
    ["a joiner and a lead", "{1} and also {2}"],
    ["an opener", "{1}; as for the tasks: {2}"],
    ["openers with a mark each", "{1}; finally, as for the tasks, {2}"],
    ["an opener and a lead", "{1}; finally, note that {2}"],
  ])("lets %s stand between facts of one group", (_name, sentence) => {
    expect(checkWording([sentence], PAIR).kind).toBe("accepted");
  });

  it.each([
    ["nothing", "{1} {2}"],
    ["a lead alone", "{1} note that {2}"],
    ["two marks", "{1}, ; {2}"],
    ["two joiners", "{1} and with {2}; and and"],
    ["an opener without a mark", "{1}, in short {2}"],
    ["three openers with a mark each", "{1}, in short, in brief, in sum, {2}"],
    ["a half of an opener", "{1}, in addition to short, {2}"],
    ["two openers with one mark", "{1}; in short the tasks: {2}"],
    ["a joiner behind an opener", "{1}; the tasks, and {2}"],
    ["a mark at the start", "{2}", ", {1}"],
    ["a mark at the end", "{1}, {2},"],
    ["two full stops at the end", "{1}, {2}.."],
  ])("lets no facts stand with %s between or around them", (_name, ...sentences) => {
    expect(checkWording(sentences, PAIR).kind).toBe("refused");
  });

  it("keeps facts of different groups in different clauses", () => {
    const refusal = "A fact shares a clause with one of another group: {2}";

    expect(read(["{1}; {2}"], APART)).toBe("One is done; two is done.");
    expect(read(["{1}. {2}"], APART)).toBe("One is done. Two is done.");
    expect(read(["{1}, {2}"], APART)).toBe(refusal);
    expect(read(["{1} and {2}"], APART)).toBe(refusal);
    expect(read(["{1}: {2}"], APART)).toBe(refusal);
  });

  it("has an opener that speaks of people or of time before facts about those alone", () => {
    const facts = [
      { text: "one was lost", group: "time" },
      { text: "two decided", group: "outcome", about: "people" },
    ];
    const refusal = "The words or marks before a fact do not lead to it";

    expect(read(["On the time side, {1}.", "On the people side, {2}."], facts)).toBe(
      "On the time side, one was lost. On the people side, two decided.",
    );
    expect(read(["On the people side, {1}.", "{2}."], facts)).toContain(refusal);
    expect(read(["{1}.", "Finally, as for time, {2}."], facts)).toContain(refusal);
  });

  it("keeps facts of one group together, in any order", () => {
    const facts = [...PAIR, { text: "three", group: "b" }];

    expect(read(["{2}; {1}; {3}"], facts)).toBe("Two is done; one is done; three.");
    expect(read(["{1}; {3}; {2}"], facts)).toBe("A fact is apart from its group: {2}");
  });

  it("asks for a fact in each sentence, and for each fact once", () => {
    expect(read(["{1}, {2}.", "In short."])).toBe("A sentence has no fact: In short.");
    expect(read(["{1}, {2}.", ""])).toBe("A sentence has no fact: ");
    expect(read(["{1}."])).toBe("A fact is left out: {2}");
    expect(read(["{2}."])).toBe("A fact is left out: {1}");
    expect(read(["{1} and {1}.", "{2}."])).toBe("A fact stands twice: {1}");
    expect(read([])).toBe("A fact is left out: {1}");
    expect(read(["{1}", "{2}", "{1}"])).toBe("There are more sentences than facts: ");
  });

  it("takes at most 12 words in a row, and 2,000 characters in a sentence", () => {
    const words = "as for the tasks, this is how it stands, it notes that";
    const long = `{1},${" ".repeat(1992)} {2}`;

    expect(words.split(" ")).toHaveLength(12);
    expect(checkWording([`{1}, ${words} {2}`], PAIR).kind).toBe("accepted");
    expect(read([`{1}, and ${words} {2}`])).toContain("Too many words in a row");
    expect(long).toHaveLength(2000);
    expect(checkWording([long], PAIR).kind).toBe("accepted");
    expect(read([`${long} `])).toContain("A sentence is too long");
  });

  it("names at most 60 characters of what it refuses", () => {
    expect(read(["x".repeat(100)])).toBe(`A word is not on the list: ${"x".repeat(60)}`);
  });

  it("answers soon, whatever the words", () => {
    const before = "in addition to ".repeat(4);

    expect(read([`{1}, ${before}{2}`])).toContain("do not lead to it");
    expect(read([`{1}${"in the run ".repeat(180)}{2}`])).toContain("Too many words");
  });

  it("lets nothing through but facts, listed words and four marks", () => {
    let accepted = 0;
    fc.assert(
      fc.property(answerArbitrary, ({ sentences, facts }) => {
        const verdict = checkWording(sentences, facts);
        if (verdict.kind === "refused") return;
        accepted += 1;

        const said = verdict.text.match(/«\d+»/g) ?? [];
        const left = verdict.text.replaceAll(/«\d+»/g, "");
        expect(said.toSorted()).toEqual(facts.map(({ text }) => text).toSorted());
        expect(left).toMatch(/^[A-Za-z .,;:]*$/);
        for (const word of left.match(/[A-Za-z]+/g) ?? [])
          expect(LISTED).toContain(word.toLowerCase());
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });
});

describe("the connectives", () => {
  it("are at most 150, as phrases and as words", () => {
    expect(new Set([...JOINERS, ...LEADS, ...ALL_OPENERS]).size).toBeLessThanOrEqual(150);
    expect(CONNECTIVE_WORDS.length).toBeLessThanOrEqual(150);
  });

  it("are words of small letters, but for the KPIs", () => {
    for (const word of CONNECTIVE_WORDS) expect(word).toMatch(/^(?:[a-z]+|KPIs?)$/);
  });

  it("have no word that denies, judges, explains, counts or sets a condition", () => {
    const forbidden =
      "not no never without but yet however although though because since so thus hence if unless or only just even nearly about almost more most less all some one two first success fail done good bad";

    expect(CONNECTIVE_WORDS.filter((word) => forbidden.split(" ").includes(word))).toEqual([]);
  });
});

const ALL_OPENERS = [...OPENERS, ...Object.values(OPENERS_OF).flat()];
const LISTED = CONNECTIVE_WORDS.map((word) => word.toLowerCase());

function mapSummaries<T>(make: (facts: readonly SummaryFact[], name: keyof typeof SUMMARIES) => T) {
  return {
    completed: make(SUMMARIES.completed, "completed"),
    failed: make(SUMMARIES.failed, "failed"),
    cancelled: make(SUMMARIES.cancelled, "cancelled"),
    short: make(SUMMARIES.short, "short"),
    measured: make(SUMMARIES.measured, "measured"),
  };
}

const phraseArbitrary = fc.constantFrom(...JOINERS, ...LEADS, ...ALL_OPENERS);
const markArbitrary = fc.constantFrom(",", ";", ".", ":", "");
const oddArbitrary = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 12 }),
  fc.constantFrom(
    "{1}",
    "{2}",
    "{3}",
    "{",
    "}",
    "not",
    "illegally",
    "on time",
    "?",
    "and",
    "\u200b",
  ),
  phraseArbitrary,
);
/** What may well stand before a fact. */
const likelyArbitrary = fc
  .tuple(
    fc.constantFrom(";", ".", ",", ""),
    fc.option(fc.constantFrom(...JOINERS), { nil: "", freq: 2 }),
    fc.option(fc.constantFrom(...ALL_OPENERS), { nil: "" }),
    markArbitrary,
    fc.option(fc.constantFrom(...LEADS), { nil: "", freq: 1 }),
  )
  .map(([mark, joiner, opener, after, lead]) =>
    [
      mark || (joiner === "" ? ";" : ""),
      joiner,
      opener === "" ? "" : `${opener}${after || ","}`,
      lead,
    ]
      .filter((part) => part !== "")
      .join(" "),
  );

/** Answers near to acceptable ones and far from it. */
const answerArbitrary = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 0, max: 5 }),
    fc.boolean(),
    fc.array(fc.oneof({ arbitrary: likelyArbitrary, weight: 9 }, oddArbitrary), {
      minLength: 5,
      maxLength: 5,
    }),
    fc.array(fc.tuple(fc.nat({ max: 200 }), oddArbitrary), { maxLength: 1 }),
    fc.constantFrom("", "."),
  )
  .map(([size, together, backwards, befores, noise, end]) => {
    const facts = Array.from({ length: size }, (_, position) => ({
      text: `«${position + 1}»`,
      ...(position < together ? { group: "a" } : {}),
    }));
    const numbers = facts.map((_, position) => position + 1);
    const order = backwards ? numbers.toReversed() : numbers;
    const written = order
      .map((number, position) => `${befores[position] ?? ";"} {${number}}`)
      .join("")
      .replace(/^[.,;:]/, "");
    const text = noise.reduce(
      (all, [place, odd]) => `${all.slice(0, place)}${odd}${all.slice(place)}`,
      `${written}${end}`,
    );
    return { facts, sentences: text.split(/(?<=\.) /) };
  });
