import { sha256 } from "../../src/app/system.ts";
import {
  createMemoryTelemetryStore,
  createTelemetryMemory,
} from "../../src/telemetry/memory-telemetry-store.ts";
import { describeTelemetryStore } from "../contracts/telemetry-store.ts";

describeTelemetryStore("memory", () => {
  const memory = createTelemetryMemory();
  return () => createMemoryTelemetryStore({ hash: sha256, memory });
});
