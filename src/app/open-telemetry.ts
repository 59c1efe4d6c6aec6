/**
 * Spans through OpenTelemetry's API alone: they go where the program that this runs in has them sent, and nowhere
 * without one. Text that agents or people write stays out of them.
 */

import type * as OpenTelemetryApi from "@opentelemetry/api";

import { type Attributes, NO_TRACE, type Span, type Trace } from "../model/trace.ts";

const NAME = "mission-control";

/** Where the API keeps what a program has registered with any copy of the same major version. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** Loaded when somebody watches. */
let loading: Promise<typeof OpenTelemetryApi> | undefined;
const load = () => (loading ??= import("@opentelemetry/api"));

const traceNow = () => (REGISTERED in globalThis ? watched : NO_TRACE);

export const openTelemetry: Trace = {
  within: (...span) => traceNow().within(...span),
  record: (...span) => traceNow().record(...span),
  headers: () => traceNow().headers(),
};

const watched: Trace = {
  async within(name, attributes, work) {
    const { SpanStatusCode, trace } = await load();
    return trace
      .getTracer(NAME)
      .startActiveSpan(name, { attributes: known(attributes) }, async (span) => {
        const told: Span = {
          set: (more) => span.setAttributes(known(more)),
          fail: (message) => span.setStatus({ code: SpanStatusCode.ERROR, message }),
        };
        try {
          return await work(told);
        } catch (error) {
          told.fail(error instanceof Error ? error.name : "failed");
          throw error;
        } finally {
          span.end();
        }
      });
  },
  async record(name, attributes, { start, end }) {
    const { trace } = await load();
    const span = trace
      .getTracer(NAME)
      .startSpan(name, { attributes: known(attributes), startTime: start });
    span.end(end);
  },
  async headers() {
    const { context, propagation } = await load();
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    return headers;
  },
};

function known(attributes: Attributes) {
  return { ...attributes };
}
