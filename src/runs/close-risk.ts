/** Closes a risk event because a person says so. */

import { z } from "zod";

import { MissionError } from "../errors.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { personSchema, reasonSchema } from "../model/primitives.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import { laterOf } from "../model/time.ts";
import { renewSummary } from "./summarize-run.ts";
import type { RunWorld } from "./world.ts";

/** @throws MissionError `UNKNOWN_EVENT`, `EVENT_CLOSED`, `BAD_INPUT`. */
export async function closeRisk(
  eventId: string,
  { reason, by }: { readonly reason: string; readonly by: string },
  world: RunWorld,
): Promise<RiskEvent> {
  const { store, clock } = world;
  const value = { reason, by };
  const words = z.object({ reason: reasonSchema, by: personSchema }).safeParse(value);
  if (!words.success) {
    const wrong = sayFirstIssue(words.error, { value });
    throw new MissionError(
      "BAD_INPUT",
      `Say why the event is closed, and who closes it. ${wrong}.`,
    );
  }
  const closed_because = `${words.data.reason} (${words.data.by})`;
  const close = (current: RiskEvent): RiskEvent => {
    if (current.status === "closed") {
      const when = current.closed_at === undefined ? "" : ` at ${current.closed_at}`;
      const why = current.closed_because === undefined ? "" : `: ${current.closed_because}`;
      throw new MissionError("EVENT_CLOSED", `${eventId} was closed${when} already${why}.`);
    }
    const closed_at = laterOf(current.detected_at, clock.now());
    return { ...current, status: "closed" as const, closed_at, closed_because };
  };
  const event = await store.changeEvent(eventId, close, renewSummary(world));
  await world.publish();
  return event;
}
