/** What an audit finds: which record, what it says, and what follows from the others. */

export interface Finding {
  readonly code: string;
  /** `error`: the books contradict themselves. `warning`: a derived document is out of date. `info`: worth knowing. */
  readonly severity: "error" | "warning" | "info";
  readonly document: string;
  readonly record: string;
  /** The run that it is about; absent where there is none. */
  readonly run_id?: string;
  readonly field?: string;
  readonly recorded?: unknown;
  readonly recomputed?: unknown;
  readonly message: string;
  /** It was so in what was imported: nothing that happened here. */
  readonly known_at_import?: true;
}

/** A finding with its sentence. */
export function aFinding(
  finding: Omit<Finding, "message" | "known_at_import">,
  what: string,
): Finding {
  const { document, record, field, recorded, recomputed } = finding;
  const place = [document, record, field].filter((part) => part !== undefined && part !== "");
  const values =
    recomputed === undefined ? "" : `: recorded ${show(recorded)}, recomputed ${show(recomputed)}`;
  return { ...finding, message: `${place.join(", ")}: ${what}${values}.` };
}

/** A value of any length in a few words. */
function show(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
