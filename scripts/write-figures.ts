/** Writes docs/figures.md from the schemas: what every stored field means. */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describeFigures } from "./describe-figures.ts";

const path = fileURLToPath(new URL("../docs/figures.md", import.meta.url));
writeFileSync(path, await describeFigures());
