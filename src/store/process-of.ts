/** What the system says of a process; nothing where there is no `/proc`. */

import { readFileSync, readlinkSync } from "node:fs";

import { z } from "zod";

/** @property namespace boot and process namespace; empty where unknown. @property started tells a process from a later one with its number. */
export const processSchema = z.object({
  namespace: z.string(),
  pid: z.coerce.number(),
  started: z.string(),
});
export type Process = z.infer<typeof processSchema>;

export function describeSelf(): Process {
  const { pid } = process;
  return { namespace: namespaceHere(), pid, started: lookAt(pid)?.started ?? "" };
}

/** True when it is of this very namespace, and is not there. */
export function isGone({ namespace, pid, started }: Process): boolean {
  if (namespace === "" || namespace !== namespaceHere()) return false;
  return lookAt(pid)?.started !== started;
}

/** True when it is of this very namespace, and somebody has stopped it: it does nothing until it is told to go on. */
export function isStopped({ namespace, pid, started }: Process): boolean {
  if (namespace === "" || namespace !== namespaceHere()) return false;
  const found = lookAt(pid);
  return found?.started === started && /^t$/i.test(found.state);
}

/** Empty as well where `/proc` shows another namespace than that of this process: pids there are not those here. */
function namespaceHere(): string {
  try {
    if (readlinkSync("/proc/self") !== String(process.pid)) return "";
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** Undefined when there is no such process. */
function lookAt(pid: number): { readonly state: string; readonly started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces; after it come the state, then field 22, the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = ""] = fields;
    return state === "Z" ? undefined : { state, started: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}
