import { resolve } from "node:path";

import { writeAtomically } from "../store/documents/files.ts";

/** Writes where the user said. @throws StoreFailedError */
export function writePage(file: string, content: string | Iterable<string>): void {
  writeAtomically(resolve(file), content);
}
