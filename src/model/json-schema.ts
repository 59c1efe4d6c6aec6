/** What a JSON Schema says against a value, in words; empty when it passes. @throws Error when it is none. */
export type CheckJson = (
  schema: Readonly<Record<string, unknown>>,
  value: unknown,
) => Promise<readonly string[]>;
