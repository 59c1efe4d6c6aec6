/** Who may import whom: `cli → app → graph → rules → model`; adapters import their port and the model. */

const RULES = "^src/(planning|routing|approvals|execution|risk|kpi|reporting|summary|replay|audit|export)/";

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
      from: { path: RULES },
      to: { pathNot: [RULES, "^src/model/", "^src/errors\\.ts$", "node_modules/zod/"] },
    },
    {
      name: "agents-and-telemetry-import-model",
      severity: "error",
      from: { path: "^src/(agents|telemetry)/" },
      to: { path: ["^src/(planning|routing|approvals|execution|risk|kpi|reporting|summary|replay|audit|export|pages|app|cli)/", "^graph/", "@langchain"] },
    },
    {
      name: "pages-draw-what-reports-say",
      comment: "ECharts is loaded when a page is asked for, and by nobody else.",
      severity: "error",
      from: { path: "^src/pages/", pathNot: "^src/pages/page-css\\.ts$" },
      to: { pathNot: ["^src/(pages|reporting|kpi|model)/", "node_modules/(echarts|zrender)/"] },
    },
    {
      name: "the-part-of-echarts-that-is-used",
      comment: "What else is imported of it would be missing from the package: the build bundles this file.",
      severity: "error",
      from: { path: "^(src|graph)/", pathNot: "^src/pages/echarts\\.ts$" },
      to: { path: "node_modules/(echarts|zrender)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "adapters-stay-apart",
      severity: "error",
      from: { path: "^src/agents/" },
      to: { path: "^src/telemetry/" },
    },
    {
      name: "graph-is-thin",
      comment: "Nodes know rules, the port and agents; studio.ts composes.",
      severity: "error",
      from: { path: "^graph/", pathNot: "^graph/studio\\.ts$" },
      to: { path: ["^src/(app|cli)/", "^src/telemetry/(?!telemetry-store\\.ts)", "^node:"] },
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
      from: { path: "^src/", pathNot: "^src/app/" },
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
