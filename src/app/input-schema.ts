/** JSON Schemas of what runs are told: is it one, and do the inputs pass? By Ajv, loaded when a mission has one. */

import type { ValidateFunction } from "ajv";

import { FaultsError } from "../errors.ts";
import type { BusinessMission } from "../model/business-missions.ts";
import { type Fault, aFault } from "../model/fault.ts";
import type { MissionInputs } from "../model/mission-inputs.ts";
import { sayCompileError, saySchemaError } from "./say-schema-error.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** Schemas are the same objects until their document changes. */
const compiled = new WeakMap<JsonSchema, Promise<ValidateFunction>>();

/** The most objections that are told. */
const MOST_TOLD = 10;

/** What the mission's schema says against the inputs, in words. @throws FaultsError when it is none. */
export async function checkInputs(
  inputs: MissionInputs,
  mission: BusinessMission,
): Promise<readonly string[]> {
  const { input_schema } = mission;
  if (input_schema === undefined) return [];
  const faults = await findSchemaFaults([mission]);
  if (faults.length > 0) throw new FaultsError(faults);
  return checkJson(input_schema, inputs);
}

/** What a JSON Schema says against a value, in words; empty when it passes. @throws Error when it is none. */
export async function checkJson(schema: JsonSchema, value: unknown): Promise<readonly string[]> {
  const validate = await compile(schema);
  try {
    if (validate(value)) return [];
  } catch {
    // One that refers to itself without end.
    return ["the schema goes round in a circle"];
  }
  const said = [...new Set((validate.errors ?? []).map(saySchemaError))];
  const more = said.length - MOST_TOLD;
  return [...said.slice(0, MOST_TOLD), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** Every mission whose `input_schema` is no JSON Schema. */
export async function findSchemaFaults(
  missions: readonly BusinessMission[],
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const { mission_id, input_schema } of missions) {
    if (input_schema === undefined) continue;
    try {
      await compile(input_schema);
      requireObjects(input_schema);
    } catch (error) {
      faults.push(faultOf(mission_id, error));
    }
  }
  return faults;
}

function compile(schema: JsonSchema): Promise<ValidateFunction> {
  const known = compiled.get(schema) ?? compileNow(schema);
  compiled.set(schema, known);
  return known;
}

async function compileNow(schema: JsonSchema): Promise<ValidateFunction> {
  // CommonJS: what they export is their default.
  const [ajvModule, formats] = await Promise.all([
    import("ajv/dist/2020.js"),
    import("ajv-formats"),
  ]);
  const ajv = new ajvModule.default.Ajv2020({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    // What would be a warning on the console.
    strictTypes: false,
    strictTuples: false,
  });
  formats.default.default(ajv);
  if (ajv.validateSchema(schema) !== true) {
    throw new NoSchemaError((ajv.errors ?? []).map(saySchemaError)[0] ?? "");
  }
  return ajv.compile(schema);
}

/** Inputs are an object. @throws NoSchemaError for a schema that none can pass. */
function requireObjects({ type = "object" }: JsonSchema): void {
  if ([type].flat().includes("object")) return;
  throw new NoSchemaError(`type is ${JSON.stringify(type)}, and inputs are an object`);
}

/** Says what is wrong with a schema in words of ours. */
class NoSchemaError extends Error {}

function faultOf(missionId: string, error: unknown): Fault {
  return aFault({
    code: "BAD_INPUT_SCHEMA",
    document: "business_missions.json",
    record: missionId,
    field: "input_schema",
    found: `no JSON Schema: ${error instanceof NoSchemaError ? error.message : sayCompileError(error)}`,
    expected: "a JSON Schema, draft 2020-12",
  });
}
