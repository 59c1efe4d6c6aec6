import { readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { describeFigures } from "../../scripts/describe-figures.ts";
import { drawMissionGraph } from "../../src/app/draw-graph.ts";
import { documentSchema, DOCUMENT_NAMES } from "../../src/model/documents.ts";
import { runProcess } from "../support/processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** `resolved` says where one mirror had a package; `libc` is written by npm 11 and taken out by npm 10. */
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      optionalDependencies: z.record(z.string(), z.string()).optional(),
      resolved: z.unknown().optional(),
      libc: z.unknown().optional(),
    }),
  ),
});
const manifestSchema = z.object({
  bin: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.record(z.string(), z.string())),
});
const langgraphSchema = z.object({ graphs: z.record(z.string(), z.string()) });
const packedSchema = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]);

/** What may point to other files: documents, settings and sources. */
const POINTING = /^(?!dist\/|data\/).*\.(md|json|ts)$/;

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The paths of all files that the tarball has. */
async function packFiles(): Promise<readonly string[]> {
  const pack = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = await runProcess("npm", pack);
  return packedSchema.parse(JSON.parse(stdout))[0].files.map(({ path }) => path);
}

/** With a slash at the end, as a link to a folder has. */
function foldersOf(path: string): readonly string[] {
  const folder = posix.dirname(path);
  return folder === "." ? [] : [`${folder}/`, ...foldersOf(folder)];
}

/** Paths, from the package's folder, that a file of it points to. */
function pointedTo(path: string): readonly string[] {
  const text = read(path);
  const from = (target: string) => posix.join(posix.dirname(path), target);
  if (path === "package.json") {
    const { bin, exports } = manifestSchema.parse(JSON.parse(text));
    return [bin, ...Object.values(exports)].flatMap((places) => Object.values(places).map(from));
  }
  if (path === "langgraph.json") {
    const { graphs } = langgraphSchema.parse(JSON.parse(text));
    return Object.values(graphs).map((place) => from(place.replace(/:\w+$/, "")));
  }
  const pattern = path.endsWith(".md") ? /\]\(([^)#]+)/g : /from "(\.[^"]+)"/g;
  const targets = [...text.matchAll(pattern)].map(([, target = ""]) => target);
  return targets.filter((target) => !target.includes("://")).map(from);
}

describe("the tarball", () => {
  it("has whatever its files point to, and nothing of the tests", async () => {
    const files = await packFiles();

    const places = new Set(files.flatMap((path) => [path, ...foldersOf(path)]));
    const pointing = files.filter((path) => POINTING.test(path));
    const missing = pointing.flatMap((path) =>
      pointedTo(path).filter((target) => !places.has(target)),
    );
    expect(pointing).toEqual(
      expect.arrayContaining(["README.md", "langgraph.json", "package.json", "graph/studio.ts"]),
    );
    expect(missing).toEqual([]);
    expect(files.filter((path) => path.startsWith("test/"))).toEqual([]);
  });
});

describe("what the project says of itself", () => {
  it("has docs/figures.md as the schemas have it: run `npm run docs`", async () => {
    expect(readFileSync(join(root, "docs/figures.md"), "utf8")).toBe(await describeFigures());
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

  it("brings the style of its pages, and the licences of what is bundled", () => {
    const files = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" });

    expect(files).toContain(join("src", "reports", "pages", "page.css"));
    expect(readFileSync(join(root, "dist/THIRD-PARTY-NOTICES.txt"), "utf8")).toMatch(
      /commander 1[^]*MIT[^]*zod 4[^]*MIT/,
    );
  });

  it("starts from little: what every command loads has no schemas and no reports in it", () => {
    const loaded = new Set<string>();
    const visit = (file: string) => {
      if (loaded.has(file)) return;
      loaded.add(file);
      const text = readFileSync(join(root, file), "utf8");
      for (const [, path = ""] of text.matchAll(/(?:from|import)"(\.[^"]+)"/g)) {
        visit(posix.join(posix.dirname(file), path));
      }
    };
    visit("dist/bin/main.js");

    const text = [...loaded].map((file) => readFileSync(join(root, file), "utf8")).join("");
    expect(text.includes("ZodObject")).toBe(false);
    expect(text.length).toBeLessThan(180_000);
  });

  it("has a lock that every npm leaves as it is: made by `npm run lock`", () => {
    const lock = lockSchema.parse(JSON.parse(read("package-lock.json")));

    const locked = Object.entries(lock.packages);
    const names = new Set(locked.map(([path]) => path.split("node_modules/").at(-1)));
    const missing = locked.flatMap(([, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !names.has(name)),
    );
    const local = locked.filter(([, { resolved, libc }]) => resolved ?? libc);
    expect(locked.length).toBeGreaterThan(300);
    expect({ missing, local }).toEqual({ missing: [], local: [] });
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
      "load_mission_context build_routing_lookups",
      "load_mission_context execute_tasks",
      "polish_summary __end__",
      "write_report __end__",
      "write_report polish_summary",
    ]);
  });
});
