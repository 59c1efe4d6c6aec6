import { Command, Option } from "@commander-js/extra-typings";

import type { ServedMissionControl } from "../../callers/callers-world.ts";
import type { HealthWorld } from "../../callers/serve-health.ts";
import { MissionError } from "../../errors.ts";
import type { RuntimeKind } from "../../model/pinned-runtime.ts";
import { type Act, parseCount } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { parsePort } from "../serve-callers.ts";

export function workerCommand(act: Act) {
  return new Command("worker")
    .description(
      "carry on what others have started (`run --detach`) or decided, until it is told to stop",
    )
    .addOption(concurrencyOption())
    .addOption(kindsOption())
    .addOption(graceOption())
    .option("--port <port>", "health, readiness and metrics on this port of 127.0.0.1")
    .action((options) =>
      act(async (context) => {
        const port = options.port === undefined ? undefined : parsePort(options.port);
        const how = await parseHow(options);
        return workUntilTold(context, how, async (world, signal) => {
          if (port === undefined) return;
          const { serveHealth } = await import("../../callers/serve-health.ts");
          context.note(`Health and metrics on ${await serveHealth(world, { port, signal })}`);
        });
      }),
    );
}

export function concurrencyOption() {
  return new Option("--concurrency <number>", "runs carried on at once")
    .argParser(parseCount)
    .default(10);
}

export function kindsOption() {
  return new Option(
    "--kinds <kinds>",
    "only runs whose agents are all of these kinds: module,openai",
  );
}

export function graceOption() {
  return new Option("--grace <seconds>", "how long runs under way may take when it is told to stop")
    .argParser(parseCount)
    .default(30);
}

/** @throws MissionError `USAGE` */
export async function parseHow({
  concurrency,
  kinds,
  grace,
}: {
  concurrency: number;
  kinds?: string | undefined;
  grace: number;
}) {
  return {
    concurrency,
    kinds: kinds === undefined ? undefined : await parseKinds(kinds),
    graceSeconds: grace,
  };
}

/**
 * Works until the process is told to stop.
 *
 * @param begin begins what else the process does meanwhile; what it has begun ends with the signal.
 */
export async function workUntilTold(
  context: CommandContext,
  how: Awaited<ReturnType<typeof parseHow>>,
  begin: (
    world: HealthWorld & { readonly control: ServedMissionControl },
    signal: AbortSignal,
  ) => Promise<void>,
): Promise<number> {
  await keepHeapSmall();
  await context.ensureWorkspace();
  return context.withControl(async (control) => {
    const stop = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
    const { signal } = stop;
    const onFailure = (runId: string, message: string) =>
      context.note(`${runId === "" ? "Worker" : runId}: ${message}`);
    let worker: Awaited<ReturnType<typeof control.work>> | undefined;
    await begin({ control, counts: () => worker?.counts() }, signal);
    worker = await control.work({ ...how, signal, onFailure });
    context.note(`Working, ${how.concurrency} runs at once. Ctrl-C ends it.`);
    await worker.ended;
    const { carried_on, in_flight } = worker.counts();
    context.note(
      in_flight === 0
        ? `Ended; runs carried on: ${carried_on}.`
        : `Ended; runs handed back: ${in_flight}.`,
    );
    return 0;
  });
}

/**
 * On a machine with much memory, V8 lets garbage grow to several times of what lives before it looks. A worker shares
 * its machine: it looks when there is 40 % more, and new objects have the room that they have now. Measured in
 * docs/benchmarks.md.
 */
async function keepHeapSmall(): Promise<void> {
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--heap-growing-percent=40");
  setFlagsFromString("--semi-space-growth-factor=1");
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
