/** Puts a summary together from its facts. */

/** A phrase that rules wrote, and that nothing takes apart. */
export interface SummaryFact {
  /** As it stands in the middle of a sentence, without a mark at its end. */
  readonly text: string;
  /**
   * Facts of one group follow one another, and may share a clause. A fact without a group has a
   * clause of its own: it may end with a list, or with words from outside.
   */
  readonly group?: string;
  /** What it speaks of, where that is not its group: `people`, `kpis`. */
  readonly about?: string;
  /** True when the text begins with an id or a name, which no sentence capitalizes. */
  readonly opensWithName?: boolean;
}

export interface SummaryStep {
  readonly fact: SummaryFact;
  /** The marks and words before it; a full stop begins a sentence. */
  readonly before: string;
}

/** One paragraph; the steps begin with a sentence. */
export function writeSteps(steps: readonly SummaryStep[]): string {
  const paragraph = steps.map(writeStep).join("").replace(/^\. /, "");
  return paragraph === "" ? "" : `${paragraph}.`;
}

function writeStep({ fact: { text, opensWithName = false }, before }: SummaryStep): string {
  if (!before.startsWith(".")) return `${before} ${text}`;
  const words = before.slice(1).trimStart();
  if (words !== "") return `. ${capitalize(words)} ${text}`;
  return `. ${opensWithName ? text : capitalize(text)}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
