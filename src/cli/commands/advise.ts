import { realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";

import { adviseWorkspace } from "../../app/backtest-policies.ts";
import { MissionError } from "../../errors.ts";
import { DOCUMENT_NAMES } from "../../model/documents.ts";
import { type Advice, proposePlans } from "../../replay/advise.ts";
import { writeAtomically } from "../../telemetry/files.ts";
import type { CommandContext } from "../context.ts";
import { formatTable } from "../format.ts";
import { type Line, colour, joinLines } from "../print.ts";

const STYLE = { keep: "dim", tighten: "yellow", relax: "green" } as const;

/**
 * The proposal is a whole copy of `decomposed_mission_tasks.json` with the gates as advised: `diff`
 * shows what it asks for, and a person who agrees puts it in the document's place. Without anything
 * to propose no file is written.
 */
export async function advise(context: CommandContext, { out }: { out?: string }): Promise<number> {
  const workspace = context.openWorkspace();
  try {
    if (out !== undefined) refuseDocument(out, workspace.folder);
    const advice = await adviseWorkspace(workspace);
    const proposal = proposePlans(workspace.reference().plans, advice);
    if (out !== undefined && proposal !== undefined) {
      writeAtomically(resolve(out), `${JSON.stringify(proposal, null, 2)}\n`);
    }
    context.print(advice, () =>
      joinLines([
        formatAdvice(advice),
        "",
        describeProposal(out, { isWritten: proposal !== undefined }),
      ]),
    );
    return 0;
  } finally {
    await workspace.store.close();
  }
}

/** Advice is never applied, not even by a file name. */
function refuseDocument(file: string, folder: string): void {
  const name = basename(resolve(file));
  const isDocument = DOCUMENT_NAMES.some((document) => name === `${document}.json`);
  if (!isDocument || realFolder(file) !== realpathSync(folder)) return;
  throw new MissionError(
    "USAGE",
    `--out ${file} is a document of the workspace, and advice is never applied. Name another file.`,
  );
}

/** Undefined when the folder is missing: then writing says so. */
function realFolder(file: string): string | undefined {
  try {
    return realpathSync(dirname(resolve(file)));
  } catch {
    return undefined;
  }
}

function formatAdvice(advice: readonly Advice[]): string {
  return formatTable(
    [
      "MISSION",
      "TASK",
      "GATE",
      "ADVICE",
      "N",
      "CLEAN ≥",
      "EDITED",
      "REJECTED",
      "MEDIAN WAIT",
      "SAVES",
      "TROUBLE",
      "WHY",
    ],
    advice.map((piece) => [
      piece.mission_id,
      piece.task_id,
      piece.gated ? "yes" : "no",
      piece.advice,
      String(piece.n),
      say(piece.clean_lower_bound),
      say(piece.edit_rate),
      say(piece.reject_rate),
      piece.median_wait_minutes === null ? "–" : `${piece.median_wait_minutes} min`,
      piece.gated ? `${piece.minutes_saved} min` : "–",
      `${piece.troubled_runs} of ${piece.runs}`,
      piece.reason,
    ]),
  );
}

function describeProposal(out: string | undefined, { isWritten }: { isWritten: boolean }): Line {
  if (!isWritten) return colour(STYLE.keep, "Nothing to propose: every gate stays as it is.");
  if (out !== undefined) {
    return `Wrote ${out}: decomposed_mission_tasks.json as advised. Nothing was applied.`;
  }
  return "Nothing was applied; --out FILE writes the plans as advised.";
}

function say(share: number | null): string {
  return share === null ? "–" : String(share);
}
