/** Properties draw the same cases each time; FAST_CHECK_SEED draws others. */

import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env["FAST_CHECK_SEED"] ?? 20_261_122) });
