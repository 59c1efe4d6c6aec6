const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const OTHERS: Readonly<Record<string, number>> = { half: 0.5, hundred: 100, thousand: 1000 };

/** The numbers that a text says, in digits or in plain words: `2`, `1,250.5`, `two`, `forty-five`. */
export function numbersIn(text: string): readonly number[] {
  const digits = [...text.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)].map(([found]) =>
    Number(found.replaceAll(",", "")),
  );
  const words = text.toLowerCase().split(/[^a-z]+/);
  const numbers = words.map(valueOf);
  const pairs = numbers.flatMap((value = 0, position) => {
    const next = numbers[position + 1];
    const isTens = value >= 20 && value < 100;
    return isTens && next !== undefined && next > 0 && next < 10 ? [value + next] : [];
  });
  return [...digits, ...numbers.filter((value) => value !== undefined), ...pairs];
}

function valueOf(word: string): number | undefined {
  const one = ONES.indexOf(word);
  if (one !== -1) return one;
  const ten = TENS.indexOf(word);
  if (ten !== -1) return (ten + 2) * 10;
  return Object.hasOwn(OTHERS, word) ? OTHERS[word] : undefined;
}
