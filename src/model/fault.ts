/** Something wrong in a document: where it is, what was found, what would be right. */
export interface Fault {
  readonly code: string;
  /** File name of the document. */
  readonly document: string;
  /** Which record: an id where there is one, else its position. */
  readonly record: string;
  /** The field, as a path; empty when the record as a whole is meant. */
  readonly field: string;
  readonly found: string;
  readonly expected: string;
  /** All of it in one sentence. */
  readonly message: string;
}

/** Builds a fault and its sentence. */
export function aFault(fault: Omit<Fault, "message">): Fault {
  const place = [fault.document, fault.record, fault.field]
    .filter((part) => part !== "")
    .join(": ");
  return { ...fault, message: `${place}: ${fault.found}; expected ${fault.expected}.` };
}
