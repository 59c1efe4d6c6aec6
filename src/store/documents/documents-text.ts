/** Telemetry documents as text: a list of records, a line for each field. */

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
  const fields = Object.entries(Object(JSON.parse(record))).map(
    ([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${fields.join(",\n")}\n  }`;
}
