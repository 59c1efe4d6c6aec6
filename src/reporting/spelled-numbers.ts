/** Numbers written as words, turned into digits. */

const UNITS = [
  ..."zero one two three four five six seven eight nine ten eleven twelve thirteen".split(" "),
  ..."fourteen fifteen sixteen seventeen eighteen nineteen".split(" "),
];
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES: ReadonlyMap<string, number> = new Map([
  ["dozen", 12],
  ["hundred", 100],
  ["thousand", 1e3],
  ["million", 1e6],
  ["billion", 1e9],
]);
const VALUES: ReadonlyMap<string, number> = new Map([
  ...UNITS.map((word, value) => [word, value] as const),
  ...TENS.map((word, place) => [word, 10 * (place + 2)] as const),
]);

const SCALE = [...SCALES.keys()].join("|");
const WORD = [...VALUES.keys(), SCALE].join("|");
const LETTER = String.raw`[\p{L}\p{M}\p{N}_]`;
/** "fifty-two", "one hundred and five", "3 dozen". */
const SPELLED = new RegExp(
  `(?<!${LETTER})(?:\\d[\\d,.]*[ -](?:${SCALE})|${WORD})` +
    `(?:(?:[ -]|(?<=${SCALE}) and )(?:${WORD}))*(?!${LETTER})`,
  "giu",
);

/** Writes every spelled number in digits: "fifty-two tasks" is "52 tasks". */
export function writeDigits(text: string): string {
  return text.replace(SPELLED, (phrase) => readNumbers(phrase).join(" "));
}

/** A phrase may be more than one number: "one two" is 1 and 2. */
function readNumbers(phrase: string): readonly number[] {
  const numbers: number[] = [];
  let thousands = 0;
  let part: number | undefined;
  // A following word belongs to the same number when its value is below this.
  let room = 0;
  const finish = () => {
    if (part !== undefined || thousands > 0) numbers.push(thousands + (part ?? 0));
    thousands = 0;
    part = undefined;
  };
  for (const word of phrase.toLowerCase().split(/[ -](?:and )?/u)) {
    const scale = SCALES.get(word);
    if (scale === undefined) {
      const value = VALUES.get(word) ?? Number(word.replaceAll(",", ""));
      if (value >= room) finish();
      part = (part ?? 0) + value;
      room = TENS.includes(word) ? 10 : 0;
    } else if (scale < 1e3) {
      part = (part ?? 1) * scale;
      room = scale;
    } else {
      thousands += (part ?? 1) * scale;
      part = undefined;
      room = scale;
    }
  }
  finish();
  return numbers;
}
