/** The numbers that a text says, each where it stands: in digits or in English words, with sign, scale and separators. */

export interface SaidNumber {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
};
const FRACTIONS: Readonly<Record<string, number>> = { "½": 0.5, "¼": 0.25, "¾": 0.75 };

/** A sign, digits with what separates them, a fraction, a scale; no part of a word, of a version or of a power. */
const DIGITS =
  /(?<![\p{L}\p{N}_.,/])(?<sign>[-−]\s?)?(?:(?<grouped>\d{1,3}(?:[ ,\u00A0]\d{3})+(?:\.\d+)?)|(?<plain>\d+(?:[.,]\d+)?)|(?<glyph>[½¼¾]))(?:\/(?<below>\d+))?(?:[ \u00A0]?(?<scale>k|thousand|million|billion))?(?![\p{L}\p{N}_]|[.,/]\p{N})/giu;

export function numbersIn(text: string): readonly SaidNumber[] {
  return [...digitsIn(text), ...wordsIn(text)];
}

function digitsIn(text: string): readonly SaidNumber[] {
  return [...text.matchAll(DIGITS)].flatMap(({ 0: found, index, groups = {} }) => {
    const value = valueOf(groups);
    return value === undefined ? [] : [{ start: index, end: index + found.length, value }];
  });
}

/** Undefined where it may be read in two ways. */
function valueOf(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const { sign, grouped, plain, glyph, below, scale = "" } = groups;
  // 1.000 is one thousand to some, and one to others.
  if (plain !== undefined && /\.\d{3}$/.test(plain)) return undefined;
  const whole =
    glyph === undefined
      ? Number((grouped?.replaceAll(/[ ,\u00A0]/g, "") ?? plain ?? "").replace(",", "."))
      : (FRACTIONS[glyph] ?? 0);
  const value = (whole / Number(below ?? 1)) * (SCALES[scale.toLowerCase()] ?? 1);
  if (!Number.isFinite(value)) return undefined;
  return sign === undefined ? value : -value;
}

interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

function wordsIn(text: string): readonly SaidNumber[] {
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }): Word => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));
  const said: SaidNumber[] = [];
  for (let place = 0; place < words.length;) {
    const run = readRun(words, place);
    if (run === undefined) {
      place += 1;
      continue;
    }
    const [first, before] = [words[place], words[place - 1]];
    const isBelow = before?.word === "minus" || before?.word === "negative";
    const start = (isBelow ? before : first)?.start ?? 0;
    said.push({
      start,
      end: words[run.next - 1]?.end ?? 0,
      value: isBelow ? -run.value : run.value,
    });
    place = run.next;
  }
  return said;
}

/** The longest number that begins here: `a hundred and twenty`, `twenty-five thousand`, `half`. */
function readRun(
  words: readonly Word[],
  from: number,
): { readonly value: number; readonly next: number } | undefined {
  const at = (place: number) => words[place]?.word ?? "";
  if (at(from) === "half") return { value: 0.5, next: from + 1 };
  let total = 0;
  let current: number | undefined;
  let place = from;
  // "a" counts only before what it counts.
  if (at(place) === "a" && isScale(at(place + 1))) {
    current = 1;
    place += 1;
  }
  for (; ; place += 1) {
    const isJoined = at(place) === "and" && place > from && isNumber(at(place + 1));
    if (isJoined && (current === undefined || current % 100 === 0)) continue;
    const next = add(at(place), { total, current });
    if (next === undefined) break;
    ({ total, current } = next);
  }
  if (place === from || (total === 0 && current === undefined)) return undefined;
  return { value: total + (current ?? 0), next: place };
}

/** The number so far with one more word; undefined where it goes on no further. */
function add(
  word: string,
  { total, current }: { total: number; current: number | undefined },
): { total: number; current: number | undefined } | undefined {
  const [one, ten] = [ONES.indexOf(word), TENS.indexOf(word)];
  const sofar = current ?? 0;
  if (one !== -1) {
    const fits =
      current === undefined ||
      (one > 0 && (sofar % 100 === 0 || (one < 10 && sofar % 100 >= 20 && sofar % 10 === 0)));
    return fits ? { total, current: sofar + one } : undefined;
  }
  if (ten !== -1) return sofar % 100 === 0 ? { total, current: sofar + (ten + 2) * 10 } : undefined;
  if (word === "hundred")
    return current === undefined || sofar > 99 ? undefined : { total, current: sofar * 100 };
  const scale = word === "k" ? undefined : SCALES[word];
  if (scale === undefined || current === undefined) return undefined;
  return { total: total + sofar * scale, current: undefined };
}

function isScale(word: string): boolean {
  return word === "hundred" || (word !== "k" && Object.hasOwn(SCALES, word));
}

function isNumber(word: string): boolean {
  return ONES.includes(word) || TENS.includes(word);
}
