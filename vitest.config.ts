import { defineConfig } from "vitest/config";

/** What starts processes or servers, or takes more than a second. */
const SYSTEM = [
  "test/cli/**/*.test.ts",
  "test/scenarios/**/*.test.ts",
  "test/store/sqlite-driver.test.ts",
];

/** Servers, browsers, terminals and crowds of processes: about ten seconds and more for each file. */
const LONG = [
  "test/architecture/**/*.test.ts",
  "test/cli/main.test.ts",
  "test/cli/own-business.test.ts",
  "test/cli/terminal.test.ts",
  "test/contracts/**/*.test.ts",
  "test/reports/pages/chromium.test.ts",
  "test/store/postgres-store.test.ts",
  ...[
    "archive",
    "broken-history",
    "callers",
    "copy",
    "crash-and-resume",
    "development-server",
    "dying-saver",
    "examples",
    "faults",
    "leases",
    "left-replays",
    "mixed-mission",
    "postgres",
    "real-agents",
    "two-at-once",
    "workers",
  ].map((name) => `test/scenarios/${name}.test.ts`),
];

const FUZZ = "test/fuzz/**/*.test.ts";

export default defineConfig({
  test: {
    // Servers and child processes start in a second or two; a busy machine takes longer.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    setupFiles: ["test/support/fixed-seed.ts"],
    // System tests mostly wait for other processes; left to itself, Vitest keeps a core free.
    maxWorkers: "100%",
    coverage: { provider: "v8", include: ["src/**", "graph/**"] },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...SYSTEM, ...LONG, FUZZ],
          // Rules share nothing, so their files may share a thread and what it has imported.
          pool: "threads",
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: SYSTEM,
          exclude: ["**/node_modules/**", ...LONG],
          isolate: false,
        },
      },
      { extends: true, test: { name: "long", include: LONG, isolate: false } },
      // Many small cases: what they import takes longer than they do.
      { extends: true, test: { name: "fuzz", include: [FUZZ], isolate: false } },
    ],
  },
});
