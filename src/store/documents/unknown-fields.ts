/** Fields that no schema knows: kept, but worth a look, for they may be misspelt. */

import type { z } from "zod";

import { planTaskSchema } from "../../model/decomposed-mission-tasks.ts";
import { REFERENCE_DOCUMENTS } from "../../model/documents.ts";
import { type Fault, aFault } from "../../model/fault.ts";
import type { Reference } from "../../model/reference.ts";

/** One warning for each unknown field of each record. */
export function findUnknownFields({
  missions,
  plans,
  agents,
  capabilities,
  kpis,
}: Reference): readonly Fault[] {
  const documents = REFERENCE_DOCUMENTS;
  const tasks = plans.flatMap((plan) => plan.tasks);
  return [
    ...inDocument("business_missions", missions, documents.business_missions.schema),
    ...inDocument("decomposed_mission_tasks", plans, documents.decomposed_mission_tasks.schema),
    ...inDocument("decomposed_mission_tasks", tasks, planTaskSchema),
    ...inDocument("specialized_agents", agents, documents.specialized_agents.schema),
    ...inDocument(
      "agent_capabilities_matrix",
      capabilities,
      documents.agent_capabilities_matrix.schema,
    ),
    ...inDocument("mission_kpis", kpis, documents.mission_kpis.schema),
  ];
}

function inDocument(
  name: string,
  records: readonly object[],
  schema: z.ZodLazy<z.ZodObject>,
): Fault[] {
  const known = Object.keys(schema.unwrap().shape);
  return records.flatMap((record) => {
    const [, id] = Object.entries(record).find(([field]) => field.endsWith("_id")) ?? [];
    return Object.keys(record)
      .filter((field) => !known.includes(field))
      .map((field) =>
        aFault({
          code: "UNKNOWN_FIELD",
          document: `${name}.json`,
          record: String(id),
          field,
          found: "a field that nothing reads",
          expected: `one of ${known.join(", ")}`,
        }),
      );
  });
}
