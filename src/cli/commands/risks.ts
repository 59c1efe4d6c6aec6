import { Command } from "@commander-js/extra-typings";

import { type Act, byOption } from "../command.ts";
import { formatEvents } from "../format.ts";

export function risksCommand(act: Act) {
  return new Command("risks")
    .description("risk events")
    .option("--open", "open ones only")
    .action(({ open = false }) =>
      act((context) =>
        context.withRecords(async (records) => {
          const events = await records.risks(open ? { status: "open" } : {});
          const none = open ? "No risk event is open." : "No risk events.";
          context.print(events, () =>
            events.length === 0 ? none : formatEvents(events, context.screen),
          );
          return 0;
        }),
      ),
    )
    .addCommand(closeCommand(act));
}

function closeCommand(act: Act) {
  return new Command("close")
    .argument("<event>")
    .description("close an open event")
    .requiredOption("--reason <text>", "why")
    .addOption(byOption())
    .action((eventId, { reason, by }) =>
      act(async (context) => {
        const decider = await context.decider(by);
        return context.withControl(async (control) => {
          const event = await control.closeRisk(eventId, { reason, by: decider });
          context.print(event, () => `${event.event_id} is closed: ${reason}`);
          return 0;
        });
      }),
    );
}
