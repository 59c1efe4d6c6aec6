import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readIfPresent, writeAtomically } from "../../src/store/documents/files.ts";
import { readPolicy } from "../../src/store/documents/reference-files.ts";
import { aFolder } from "../support/workspace.ts";

const refusal = (what: string) => ({
  code: "STORE_FAILED",
  message: expect.stringContaining(`it is ${what}, not a regular file: put a file in its place`),
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("readIfPresent", () => {
  it("reads a file, also through links, and nothing where there is none", () => {
    const folder = aFolder();
    writeFileSync(join(folder, "a"), "text");
    symlinkSync("a", join(folder, "link"));
    symlinkSync("gone", join(folder, "dangling"));

    expect(readIfPresent(join(folder, "link"))).toBe("text");
    expect(readIfPresent(join(folder, "dangling"))).toBeUndefined();
    expect(readIfPresent(join(folder, "none"))).toBeUndefined();
  });

  it("refuses a named pipe at once, a device and a folder", () => {
    const folder = aFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    symlinkSync("/dev/zero", join(folder, "zero"));

    expect(thrownBy(() => readIfPresent(join(folder, "pipe")))).toMatchObject(
      refusal("a named pipe"),
    );
    expect(thrownBy(() => readIfPresent(join(folder, "zero")))).toMatchObject(refusal("a device"));
    expect(thrownBy(() => readIfPresent(folder))).toMatchObject(refusal("a folder"));
  });

  it("refuses a pipe as the policy that a user names", () => {
    const pipe = join(aFolder(), "policy.json");
    execFileSync("mkfifo", [pipe]);

    expect(thrownBy(() => readPolicy(pipe, { required: true }))).toMatchObject(
      refusal("a named pipe"),
    );
  });

  it("refuses a socket", async () => {
    const path = join(aFolder(), "socket");
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once("listening", resolve));

    const error = thrownBy(() => readIfPresent(path));
    await new Promise((resolve) => server.close(resolve));

    expect(error).toMatchObject({ code: "STORE_FAILED" });
  });

  it("refuses more than it is to read", () => {
    const path = join(aFolder(), "a");
    writeFileSync(path, "12345");

    expect(readIfPresent(path, { mostBytes: 5 })).toBe("12345");
    expect(thrownBy(() => readIfPresent(path, { mostBytes: 4 }))).toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining("it has 5 bytes, and at most 4 are read"),
    });
  });
});

describe("writeAtomically", () => {
  it("writes to where a link leads, and the link stays", () => {
    const folder = aFolder();
    mkdirSync(join(folder, "far"));
    writeFileSync(join(folder, "far", "a"), "old");
    symlinkSync("far/a", join(folder, "link"));
    symlinkSync(join(folder, "link"), join(folder, "link to link"));

    writeAtomically(join(folder, "link to link"), "new");

    expect(readlinkSync(join(folder, "link"))).toBe("far/a");
    expect(lstatSync(join(folder, "link to link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "far", "a"), "utf8")).toBe("new");
    expect(readdirSync(join(folder, "far"))).toEqual(["a"]);
  });

  it("makes the file that a link leads to", () => {
    const folder = aFolder();
    symlinkSync("later/a", join(folder, "link"));

    writeAtomically(join(folder, "link"), "new");

    expect(readFileSync(join(folder, "later", "a"), "utf8")).toBe("new");
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
  });

  it("refuses links in a circle, and what is no regular file, and leaves them", () => {
    const folder = aFolder();
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    execFileSync("mkfifo", [join(folder, "pipe")]);

    expect(thrownBy(() => writeAtomically(join(folder, "a"), "new"))).toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining("leads in a circle"),
    });
    expect(thrownBy(() => writeAtomically(join(folder, "pipe"), "new"))).toMatchObject(
      refusal("a named pipe"),
    );
    expect(lstatSync(join(folder, "pipe")).isFIFO()).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(["a", "b", "pipe"]);
  });

  it("makes the folders that are missing", () => {
    const path = join(aFolder(), "x", "y", "a");

    writeAtomically(path, "new");

    expect(existsSync(path)).toBe(true);
  });
});
