import { resolve } from "node:path";

import { writeAtomically } from "../store/documents/files.ts";

/** Writes a page where the user said. @throws StoreFailedError */
export function writePage(file: string, html: string): void {
  writeAtomically(resolve(file), html);
}
