/** What a store says of itself when it is examined: whether what it keeps twice is the same both times. */

export interface Examination {
  /** Hashes under which plans and policies are kept. */
  readonly kept: ReadonlySet<string>;
  /** Hashes under which outputs are kept. */
  readonly outputs: ReadonlySet<string>;
  /** Runs whose agents were ranked here, each with the hash of its routes as they are kept. */
  readonly ranked: ReadonlyMap<string, string>;
  /** Plans, policies and outputs that are not what their hash says. */
  readonly changed: readonly { readonly table: "kept" | "outputs"; readonly hash: string }[];
  /** Records beside which columns do not say what the record says: queries and the record disagree. */
  readonly differing: readonly DifferingColumns[];
}

export interface DifferingColumns {
  readonly document: string;
  /** The key of the record, as the record has it. */
  readonly record: string;
  readonly columns: readonly string[];
}
