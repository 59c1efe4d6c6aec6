import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import type { RuntimeKind } from "../../model/pinned-runtime.ts";
import { type Act, parseCount } from "../command.ts";
import { parsePort } from "../serve-callers.ts";

export function workerCommand(act: Act) {
  return new Command("worker")
    .description(
      "carry on what others have started (`run --detach`) or decided, until it is told to stop",
    )
    .option("--concurrency <number>", "runs carried on at once", parseCount, 10)
    .option("--kinds <kinds>", "only runs whose agents are all of these kinds: module,openai")
    .option(
      "--grace <seconds>",
      "how long runs under way may take when it is told to stop",
      parseCount,
      30,
    )
    .option("--port <port>", "health, readiness and metrics on this port of 127.0.0.1")
    .action(({ concurrency, kinds, grace, port }) =>
      act(async (context) => {
        const options = {
          concurrency,
          kinds: kinds === undefined ? undefined : await parseKinds(kinds),
          graceSeconds: grace,
        };
        const listen = port === undefined ? undefined : parsePort(port);
        context.ensureWorkspace();
        return context.withControl(async (control) => {
          const stop = new AbortController();
          for (const name of ["SIGINT", "SIGTERM"] as const) {
            process.once(name, () => stop.abort());
          }
          const { signal } = stop;
          const onFailure = (runId: string, message: string) =>
            context.note(`${runId === "" ? "Worker" : runId}: ${message}`);
          let worker: Awaited<ReturnType<typeof control.work>> | undefined;
          if (listen !== undefined) {
            const { serveHealth } = await import("../../callers/serve-health.ts");
            const counts = () => worker?.counts();
            const url = await serveHealth({ control, counts, port: listen, signal });
            context.note(`Health and metrics on ${url}`);
          }
          worker = await control.work({ ...options, signal, onFailure });
          context.note(`Working, ${options.concurrency} runs at once. Ctrl-C ends it.`);
          await worker.ended;
          const { carried_on, in_flight } = worker.counts();
          context.note(
            in_flight === 0
              ? `Ended; runs carried on: ${carried_on}.`
              : `Ended; runs handed back: ${in_flight}.`,
          );
          return 0;
        });
      }),
    );
}

/** @throws MissionError `USAGE` */
async function parseKinds(text: string): Promise<readonly RuntimeKind[]> {
  const { runtimeKindSchema } = await import("../../model/pinned-runtime.ts");
  return text.split(",").map((word) => {
    const kind = runtimeKindSchema.safeParse(word.trim());
    if (kind.success) return kind.data;
    const message = `--kinds: "${word}" is none: expected some of ${runtimeKindSchema.options.join(", ")}.`;
    throw new MissionError("USAGE", message);
  });
}
