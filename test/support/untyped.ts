/** The value as any type: for handing over what plain JavaScript could. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says which type it stands for
export function untyped<T>(value: unknown): T {
  const box: object = { value };
  const name: string = "value";
  const same: T = Reflect.get(box, name);
  return same;
}
