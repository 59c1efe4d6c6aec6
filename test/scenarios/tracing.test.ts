/** What a program that watches with OpenTelemetry sees. */

import { SpanStatusCode, context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { aModel } from "../support/model-server.ts";
import { aClock, aMissionControl, aWorkspace } from "../support/workspace.ts";

const KEY = "sk-canary-1234567890";
const spans = new InMemorySpanExporter();

beforeAll(() => {
  process.env["TRACED_KEY"] = KEY;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
  );
  return () => {
    delete process.env["TRACED_KEY"];
    trace.disable();
    context.disable();
    propagation.disable();
  };
});
beforeEach(() => spans.reset());

const finished = () =>
  spans.getFinishedSpans().map((span) => ({
    name: span.name,
    attributes: span.attributes,
    status: span.status.code,
    parent: span.parentSpanContext?.spanId,
    id: span.spanContext().spanId,
    trace_id: span.spanContext().traceId,
    minutes: (span.endTime[0] - span.startTime[0]) / 60,
  }));

async function aBusiness() {
  const { base_url, seen } = await aModel("Verified, says ana.", { key: KEY });
  const runtime = {
    kind: "openai" as const,
    model: "m-1",
    base_url,
    token_env: "TRACED_KEY",
    instructions: "You verify.",
    prices: { input: 2, output: 10 },
  };
  const reference = aReference(
    aPlan({ T1: [], T2: ["T1"] }, { T2: { requires_human_approval: true } }),
    [anAgent({ runtime })],
  );
  const clock = aClock();
  const control = await aMissionControl({ workspace: aWorkspace(reference), clock });
  return { control, clock, seen };
}

describe("a run that is watched", () => {
  it("is a span of its own, with its attempts, its waits and its calls of a model", async () => {
    const { control, clock } = await aBusiness();
    await control.start({ mission_id: "M", run_id: "R1" });
    clock.advance(7);
    await control.decide("R1", { T2: { type: "approve", decided_by: "ana", reason: "secret" } });

    const all = finished();
    const named = (name: string) => all.filter((span) => span.name === name);
    const [first, second] = named("invoke_workflow M");
    expect(first?.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_workflow",
      "gen_ai.agent.name": "M",
      "mission_control.run.id": "R1",
      "mission_control.run.status": "awaiting_approval",
    });
    expect(second?.attributes).toMatchObject({ "mission_control.run.status": "completed" });
    const attempts = named("invoke_agent A1");
    expect(attempts).toMatchObject([
      {
        parent: first?.id,
        attributes: {
          "gen_ai.operation.name": "invoke_agent",
          "gen_ai.agent.id": "A1",
          "gen_ai.agent.name": "Agent",
          "gen_ai.provider.name": "openai",
          "gen_ai.usage.input_tokens": 1000,
          "gen_ai.usage.output_tokens": 100,
          "mission_control.cost": 0.003,
          "mission_control.task.id": "T1",
          "mission_control.attempt": 1,
        },
      },
      { parent: second?.id, attributes: { "mission_control.task.id": "T2" } },
    ]);
    expect(named("chat m-1").map(({ parent }) => parent)).toEqual(attempts.map(({ id }) => id));
    expect(named("await_approval T2")).toMatchObject([
      {
        minutes: 7,
        attributes: {
          "mission_control.approval.stage": "before",
          "mission_control.approval.decision": "approve",
        },
      },
    ]);
    const text = JSON.stringify(all);
    for (const hidden of [KEY, "ana", "secret", "Verified"]) expect(text).not.toContain(hidden);
  });

  it("tells its agents over HTTP which span they work for", async () => {
    const { control, seen } = await aBusiness();

    await control.start({ mission_id: "M", run_id: "R1" });

    const [chat] = finished().filter(({ name }) => name === "chat m-1");
    expect(seen[0]?.headers["traceparent"]).toBe(`00-${chat?.trace_id}-${chat?.id}-01`);
  });

  it("shows what failed, without the words of an agent", async () => {
    const reference = aReference(aPlan({ T1: [] }), [anAgent()]);
    const control = await aMissionControl({
      workspace: aWorkspace(reference),
      policy: { execution: { max_attempts: 1, retry: { retries_per_agent: 0 } } },
      runtimes: { A1: async () => Promise.reject(new Error("card 4711 is stolen")) },
    });

    await control.start({ mission_id: "M", run_id: "R1" });

    expect(finished()).toMatchObject([
      { name: "invoke_agent A1", status: SpanStatusCode.ERROR },
      { name: "invoke_workflow M", status: SpanStatusCode.UNSET },
    ]);
    expect(JSON.stringify(spans.getFinishedSpans().map(({ status }) => status))).not.toContain(
      "4711",
    );
  });

  it("is no run when it is only replayed", async () => {
    const { control } = await aBusiness();
    await control.start({ mission_id: "M", run_id: "R1" });
    await control.decide("R1", { T2: { type: "approve", decided_by: "ana" } });
    spans.reset();

    await control.replay(["R1"]);

    expect(finished()).toEqual([]);
  });
});
