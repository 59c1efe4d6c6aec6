import { z } from "zod";

/**
 * A schema that is made when it is first needed: of all that there are, most processes need few. It is made once, where
 * `z.lazy` alone makes it again for each `unwrap()`, and several times for JSON Schema.
 */
export function lazily<S extends z.ZodType>(make: () => S): z.ZodLazy<S> {
  let made: S | undefined;
  return z.lazy(() => (made ??= make()));
}

/**
 * For what is seldom checked. To check an object, zod writes code that V8 compiles and keeps, some 40 KB for each schema: that
 * pays where there are thousands.
 */
export const SELDOM = { jitless: true };
