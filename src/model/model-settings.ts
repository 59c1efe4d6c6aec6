/** Where a language model is, and which one to ask. */
export interface ModelSettings {
  readonly apiKey: string;
  /** Base URL of an OpenAI-compatible API; absent for OpenAI's own. */
  readonly baseUrl?: string | undefined;
  readonly model: string;
}
