/** Something in the reference documents that could not be read, and about which nothing can be said. */
export interface Gap {
  /** File name of the document. */
  readonly document: string;
  /** The id of the record; empty when it could not be read either. */
  readonly record: string;
  /** The field that is missing, of the record or of a task in it. */
  readonly field: string;
}
