/** All that a store can be asked and told, over whichever database. */

import type { Session } from "../session.ts";
import type { Store } from "../store.ts";
import { createAgentCommands } from "./agents.ts";
import { createApprovalCommands } from "./approvals.ts";
import { createArchiveCommands } from "./archive.ts";
import { createDocumentCommands } from "./documents.ts";
import { createExaminationCommands } from "./examination.ts";
import { createHistoryCommands } from "./history.ts";
import { createPortfolioCommands } from "./portfolio.ts";
import { createRiskCommands } from "./risks.ts";
import { createRunCommands } from "./runs.ts";
import { createWakeCommands } from "./wakes.ts";

/** The store, but for leases, what it is told by others, and its end. */
export function createCommands(
  session: Session,
): Omit<Store, "takeLease" | "watchWakes" | "secured" | "close"> {
  return {
    ...createRunCommands(session),
    ...createApprovalCommands(session),
    ...createRiskCommands(session),
    ...createAgentCommands(session),
    ...createPortfolioCommands(session),
    ...createHistoryCommands(session),
    ...createExaminationCommands(session),
    ...createDocumentCommands(session),
    ...createWakeCommands(session),
    ...createArchiveCommands(session),
  };
}
