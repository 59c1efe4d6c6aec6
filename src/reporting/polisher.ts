/**
 * Rewords a summary: usually a language model, so its answer is not to be trusted before
 * `checkPolish` has accepted it.
 *
 * Rejects when there is no answer, and with the signal's reason as soon as the signal aborts.
 */
export type Polisher = (summary: string, signal: AbortSignal) => Promise<string>;
