/** What the command line is called in: the program hands in its own process, a test what it looks at. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where text goes. */
export interface Output {
  /** False when the reader is slower: {@link drained} is waited for before there is more. */
  readonly write: (text: string) => boolean;
  readonly drained: () => Promise<void>;
  /** True when a person reads it at once. */
  readonly isTerminal: boolean;
  /** True when colours are shown there, and wanted. */
  readonly isColoured: boolean;
  /** Characters on a line of the terminal; undefined when nothing limits them. */
  readonly width: number | undefined;
}

export interface Surroundings {
  readonly environment: Environment;
  /** True when a person can type answers. */
  readonly hasKeyboard: boolean;
  /** What is asked for. */
  readonly output: Output;
  /** What is not in the way of that. */
  readonly errors: Output;
  /** What else is printed in this process, as by its agents, goes to standard error from now on. */
  readonly keepOutput: () => void;
}
