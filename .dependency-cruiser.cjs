/** Who may import whom: `cli → app → work → graph → runs → rules → model`; adapters import the model. */

const RULES = "^src/(planning|routing|approvals|execution|risk|kpi|summary|reports|history)/";
const MODEL = ["^src/model/", "^src/errors\\.ts$", "node_modules/zod/"];
const PORTS = ["^src/store/store\\.ts$", "^src/store/checkpoints\\.ts$"];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "model-imports-zod-alone",
      severity: "error",
      from: { path: "^src/model/" },
      to: { pathNot: ["^src/model/", "node_modules/zod/"] },
    },
    {
      name: "rules-import-rules-and-model",
      comment: "No node:*, no LangGraph, no adapters, no app, no graph, no cli.",
      severity: "error",
      from: { path: RULES, pathNot: "^src/reports/pages/" },
      to: { pathNot: [RULES, ...MODEL] },
    },
    {
      name: "the-store-keeps-what-the-model-describes",
      comment: "It decides nothing: what is written is computed by rules, in commands that are handed in.",
      severity: "error",
      from: { path: "^src/store/" },
      to: { pathNot: ["^src/store/", ...MODEL, "^(node:)?(fs|path|os|crypto|module|timers|worker_threads|zlib|net)", "node_modules/(@photostructure/sqlite|jsonc-parser|pg)/"] },
    },
    {
      name: "one-file-knows-the-sqlite-driver",
      severity: "error",
      from: { pathNot: "^src/store/sqlite/driver\\.ts$" },
      to: { path: "@photostructure/sqlite" },
    },
    {
      name: "one-file-knows-the-postgres-driver",
      severity: "error",
      from: { pathNot: "^src/store/postgres/driver\\.ts$" },
      to: { path: "node_modules/pg/" },
    },
    {
      name: "agents-import-model",
      severity: "error",
      from: { path: "^src/agents/", pathNot: "^src/agents/kinds/" },
      to: { pathNot: ["^src/agents/", ...MODEL] },
    },
    {
      name: "kinds-of-agents-know-their-protocol",
      comment: "And no kind the other.",
      severity: "error",
      from: { path: "^src/agents/kinds/" },
      to: { pathNot: ["^src/agents/", ...MODEL, "^(node:)?(fs|path|url|timers/promises)$", "node_modules/(@langchain/(openai|core|langgraph|langgraph-sdk)|@modelcontextprotocol/client|@a2a-js/sdk|p-limit)/"] },
    },
    {
      name: "use-cases-know-rules-and-the-port",
      severity: "error",
      from: { path: "^src/runs/" },
      to: { pathNot: ["^src/runs/", RULES, ...MODEL, ...PORTS] },
    },
    {
      name: "graph-is-thin",
      comment: "Nodes know use cases, rules, ports and agents; studio.ts composes.",
      severity: "error",
      from: { path: "^graph/", pathNot: "^graph/studio\\.ts$" },
      to: { pathNot: ["^graph/", "^src/(runs|agents)/", RULES, ...MODEL, ...PORTS, "@langchain"] },
    },
    {
      name: "work-drives-the-graph",
      severity: "error",
      from: { path: "^src/work/" },
      to: { pathNot: ["^src/work/", "^graph/", "^src/runs/", RULES, ...MODEL, ...PORTS, "node_modules/@langchain/core/dist/singletons/"] },
    },
    {
      name: "pages-draw-what-reports-say",
      comment: "Pages are drawn from what reports say, without any package.",
      severity: "error",
      from: { path: "^src/reports/pages/", pathNot: "^src/reports/pages/page-css\\.ts$" },
      to: { pathNot: ["^src/(reports|kpi|model)/"] },
    },
    {
      name: "callers-know-the-app",
      comment: "They use what programs use, and nothing behind it.",
      severity: "error",
      from: { path: "^src/callers/" },
      to: { pathNot: ["^src/callers/", "^src/app/mission-control\\.ts$", RULES, ...MODEL, "^(node:)?(crypto|events|http|net|stream|timers)", "node_modules/(@modelcontextprotocol|@a2a-js/sdk|@langchain/core/dist/tools)/"] },
    },
    {
      name: "app-does-not-know-the-cli",
      severity: "error",
      from: { path: "^src/app/" },
      to: { path: "^src/cli/" },
    },
    {
      name: "langgraph-in-graph-and-app",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(app|agents/kinds|work/drive-run|callers/langchain-tools|langchain\\.ts)" },
      to: { path: "node_modules/@langchain/" },
    },
    {
      name: "no-tests-in-production",
      severity: "error",
      from: { path: "^(src|graph)/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "types"] },
  },
};
