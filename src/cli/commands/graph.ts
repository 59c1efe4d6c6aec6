import { drawMissionGraph } from "../../app/draw-graph.ts";
import type { CommandContext } from "../context.ts";

export async function graph(context: CommandContext): Promise<number> {
  const mermaid = await drawMissionGraph();
  context.print({ mermaid }, () => mermaid.trimEnd());
  return 0;
}
