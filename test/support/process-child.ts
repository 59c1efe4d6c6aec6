import { describeSelf } from "../../src/store/process-of.ts";

process.stdout.write(JSON.stringify({ ...describeSelf(), own: process.pid }));
