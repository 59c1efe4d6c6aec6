import { spawnSync } from "node:child_process";

/** What starts a program in a process namespace of its own, `/proc` left as it is; nothing where the system does not let us. */
export function listIsolation(): readonly string[] {
  const ways = [[], ["--user", "--map-root-user"]].map((user) => [
    "unshare",
    ...user,
    "--pid",
    "--fork",
    "--kill-child",
  ]);
  return (
    ways.find(([program = "", ...args]) => spawnSync(program, [...args, "true"]).status === 0) ?? []
  );
}
