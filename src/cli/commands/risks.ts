import { closeRisk } from "../../app/governance.ts";
import type { CommandContext } from "../context.ts";
import { formatEvents } from "../format.ts";

export async function risks(
  context: CommandContext,
  { open = false }: { open?: boolean },
): Promise<number> {
  const { store } = context.openWorkspace();
  const all = await store.listRiskEvents();
  const events = open ? all.filter((event) => event.status === "open") : all;
  const none = open ? "No risk event is open." : "No risk events.";
  context.print(events, () => (events.length === 0 ? none : formatEvents(events)));
  return 0;
}

export async function close(
  context: CommandContext,
  eventId: string,
  { reason, by }: { reason: string; by?: string },
): Promise<number> {
  const decider = context.decider(by);
  return context.withBooks(async (books) => {
    const event = await closeRisk(eventId, { reason, by: decider }, books);
    context.print(event, () => `${event.event_id} is closed: ${reason}`);
    return 0;
  });
}
