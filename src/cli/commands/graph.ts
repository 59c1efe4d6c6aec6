import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

export function graphCommand(act: Act) {
  return new Command("graph").description("the graph as Mermaid").action(() =>
    act(async (context) => {
      const { drawMissionGraph } = await import("../../app/draw-graph.ts");
      const mermaid = await drawMissionGraph();
      context.print({ mermaid }, () => mermaid.trimEnd());
      return 0;
    }),
  );
}
