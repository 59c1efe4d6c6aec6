/** One line, without what Markdown would take for structure at its start. */
export function flattenText(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
