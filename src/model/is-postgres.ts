/** True of an address of a Postgres database; a folder is none. */
export function isPostgres(location: string): boolean {
  return /^postgres(ql)?:\/\//i.test(location);
}
