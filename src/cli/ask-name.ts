import { isCancel, text } from "@clack/prompts";

/** The name of the person at the terminal; undefined when they would not say. */
export async function askName(): Promise<string | undefined> {
  const name = await text({
    message: "Who decides?",
    validate: (value) => ((value ?? "").trim() === "" ? "Others must know who it was." : undefined),
  });
  return isCancel(name) ? undefined : name;
}
