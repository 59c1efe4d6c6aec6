import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { describeFigures } from "../../scripts/describe-figures.ts";
import { drawMissionGraph } from "../../src/app/draw-graph.ts";
import { documentSchema, DOCUMENT_NAMES } from "../../src/model/documents.ts";

const IMPORTS_ECHARTS = /(?:from|import|require\()\s*["'](?:echarts|zrender)/;
const root = fileURLToPath(new URL("../..", import.meta.url));

describe("what the project says of itself", () => {
  it("has docs/figures.md as the schemas have it: run `npm run docs`", () => {
    expect(readFileSync(join(root, "docs/figures.md"), "utf8")).toBe(describeFigures());
  });

  it("ships sample documents that parse unchanged", () => {
    for (const name of DOCUMENT_NAMES.filter(
      (known) => known !== "policy" && known !== "approval_requests",
    )) {
      const records: unknown = JSON.parse(readFileSync(join(root, "data", `${name}.json`), "utf8"));

      expect(documentSchema(name).parse(records)).toEqual(records);
    }
  });

  it("is importable by its name, typed, with the graph apart", async () => {
    const library = await import("mission-control-orchestrator");
    const graph = await import("mission-control-orchestrator/graph");

    expect(Object.keys(library).toSorted()).toEqual([
      "MissionError",
      "initWorkspace",
      "openMissionControl",
    ]);
    expect(graph.buildMissionGraph).toBeTypeOf("function");
  });

  it("brings the style and the part of ECharts that it uses, with their licences", () => {
    const files = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" });
    const importing = files
      .filter((file) => file.endsWith(".js") && !file.startsWith("bench"))
      .filter((file) => IMPORTS_ECHARTS.test(readFileSync(join(root, "dist", file), "utf8")));

    expect(importing).toEqual([]);
    expect(files).toContain(join("src", "pages", "page.css"));
    expect(readFileSync(join(root, "dist/THIRD-PARTY-NOTICES.txt"), "utf8")).toMatch(
      /echarts 6[^]*Apache License[^]*zrender 6[^]*Redistribution and use/,
    );
  });

  it("has no download addresses in the lock file", () => {
    const lock = readFileSync(join(root, "package-lock.json"), "utf8");

    expect(lock).not.toMatch(/"resolved": "https?:/);
  });

  it("draws the graph with its real edges", async () => {
    const drawn = await drawMissionGraph();

    const edges = [...drawn.matchAll(/^\t(\w+) -.*> (\w+);$/gm)].map(
      ([, from, to]) => `${from} ${to}`,
    );
    expect(edges.toSorted()).toEqual([
      "__start__ load_mission_context",
      "await_approvals await_approvals",
      "await_approvals execute_tasks",
      "build_mission_plan __end__",
      "build_mission_plan build_routing_lookups",
      "build_routing_lookups execute_tasks",
      "detect_risk evaluate_kpis",
      "evaluate_kpis write_report",
      "execute_tasks await_approvals",
      "execute_tasks detect_risk",
      "execute_tasks execute_tasks",
      "load_mission_context __end__",
      "load_mission_context await_approvals",
      "load_mission_context build_mission_plan",
      "load_mission_context execute_tasks",
      "polish_summary __end__",
      "write_report __end__",
      "write_report polish_summary",
    ]);
  });
});
