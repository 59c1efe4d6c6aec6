/** Telemetry documents as text: a list of records, a line for each field. */

/** @param records the JSON of each record. */
export function* renderDocument(records: readonly string[]): Generator<string, void> {
  if (records.length === 0) {
    yield "[]\n";
    return;
  }
  for (const [position, record] of records.entries()) {
    yield (position === 0 ? "[\n  " : ",\n  ") + renderRecord(record);
  }
  yield "\n]\n";
}

/** A person can read it, and a diff shows what changed. */
function renderRecord(record: string): string {
  const fields = Object.entries(Object(JSON.parse(record))).map(
    ([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${fields.join(",\n")}\n  }`;
}
