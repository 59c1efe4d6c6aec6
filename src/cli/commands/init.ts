import { initWorkspace } from "../../app/workspace.ts";
import type { CommandContext } from "../context.ts";

export async function init(context: CommandContext, dir: string = context.folder): Promise<number> {
  const written = initWorkspace(dir);
  context.print({ workspace: dir, written }, () =>
    written.length === 0
      ? `${dir} is a workspace already; nothing was changed.`
      : `Made the workspace ${dir} from the sample.\nNext: mission-control --workspace ${dir} run M001`,
  );
  return 0;
}
