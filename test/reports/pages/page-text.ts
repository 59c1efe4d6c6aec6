/** What a reader finds in a page, without a browser. */

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&#39;", "'"],
  ["&amp;", "&"],
]);

/** The words of a page outside its charts, with single blanks. */
export function readText(page: string): string {
  const words = page
    .replaceAll(/<(style|svg|title)\b[^]*?<\/\1>/g, "")
    .replaceAll(/<wbr \/>/g, "")
    .replaceAll(/<[^>]*>/g, " ");
  return unescapeText(words).replaceAll(/\s+/g, " ").trim();
}

/** The text alternatives of the charts. */
export function readLabels(page: string): readonly string[] {
  return [...page.matchAll(/<svg[^>]*? role="img"\s+aria-label="([^"]*)"/g)].map(([, label = ""]) =>
    unescapeText(label),
  );
}

/** Every tag and attribute name in order, without what stands in them: the same when only texts differ. */
export function readSkeleton(page: string): readonly string[] {
  const tags = page.match(/<[^>]*>?/g) ?? [];
  return tags.map((tag) => tag.replaceAll(/="[^"]*"/g, "")).filter((tag) => tag !== "<wbr />");
}

export function unescapeText(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES.get(entity) ?? entity);
}
