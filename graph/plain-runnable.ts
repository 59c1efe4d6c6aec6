/** What LangGraph calls as it is. */

import { Runnable } from "@langchain/core/runnables";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";

type Work<Input, Output> = (
  input: Input,
  config: LangGraphRunnableConfig,
) => Output | Promise<Output>;

class PlainRunnable<Input, Output> extends Runnable<Input, Output, LangGraphRunnableConfig> {
  override lc_namespace = ["mission_control"];
  readonly #work: Work<Input, Output>;

  constructor(work: Work<Input, Output>) {
    super();
    this.#work = work;
  }

  override async invoke(input: Input, config: LangGraphRunnableConfig = {}): Promise<Output> {
    return this.#work(input, config);
  }
}

/**
 * For rules, which call nothing that asks LangChain in whose name: `interrupt()`, `task()`, models and agents need what
 * LangGraph hands on beside each plain function, a LangSmith run tree every time, read or not.
 */
export function plain<Input, Output>(
  work: Work<Input, Output>,
): Runnable<Input, Output, LangGraphRunnableConfig> {
  return new PlainRunnable(work);
}
