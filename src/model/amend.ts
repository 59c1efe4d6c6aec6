/**
 * A record with fields changed and added.
 *
 * As a spread it would do the same, but on Node 20 an object that begins with a spread becomes a hash table as soon as it gets a
 * field that was not spread: four times the memory, and a microsecond for each field. Where nothing that is spread has to be
 * overwritten, a field of its own in front is enough. No record has a field `__proto__`: no schema lets one pass.
 */
export function amend<T extends object, U extends object>(
  record: T,
  fields: U,
): Omit<T, keyof U> & U {
  return Object.assign({}, record, fields);
}
