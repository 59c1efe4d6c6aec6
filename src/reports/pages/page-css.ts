import { readFileSync } from "node:fs";

/** The style of all pages. The bundle has it in itself (scripts/bundle.ts). */
export const PAGE_CSS = readFileSync(new URL("./page.css", import.meta.url), "utf8");
