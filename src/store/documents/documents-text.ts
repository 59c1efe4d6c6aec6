/** Telemetry documents as text: a list of records, a line for each field. */

import { DamagedRecordError } from "../../errors.ts";

/** A document that is made record by record. Each gives the text that comes next. */
export function beginDocument(): {
  /** @param record its JSON. */
  readonly add: (record: string) => string;
  readonly end: () => string;
} {
  let isEmpty = true;
  return {
    add(record) {
      const before = isEmpty ? "[\n  " : ",\n  ";
      isEmpty = false;
      return before + renderRecord(record);
    },
    end: () => (isEmpty ? "[]\n" : "\n]\n"),
  };
}

/** @param records the JSON of each record. */
export function* renderDocument(records: readonly string[]): Generator<string, void> {
  const document = beginDocument();
  for (const record of records) yield document.add(record);
  yield document.end();
}

/** A person can read it, and a diff shows what changed. */
function renderRecord(record: string): string {
  const fields = Object.entries(Object(parse(record))).map(
    ([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${fields.join(",\n")}\n  }`;
}

/** @throws DamagedRecordError */
function parse(record: string): unknown {
  try {
    return JSON.parse(record);
  } catch {
    throw new DamagedRecordError("read", `"${record.slice(0, 60)}"`, new Error("it is no JSON"));
  }
}
