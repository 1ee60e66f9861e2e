import {
  attribute,
  DiagnosticError,
  Dynamic,
  defineFunction,
  defineProvider,
  isUnknown,
  matches,
  type ProviderFunction,
  parameter,
  providersSchema,
  type Type,
  UNKNOWN,
  type Unknown,
} from "../../lib/tfplugin";
import { decodeValue, encodeValue } from "../../lib/tfplugin/value/dynamic-value";
import { callerOf } from "./caller";

/** Fails to compile unless both types are the same. */
function same<A, B>(_proof: [A, B] extends [B, A] ? true : never): void {}

const parse = defineFunction({
  summary: "Splits an address.",
  description: "At the last colon.",
  parameters: {
    address: attribute.string({ description: "host:port", validate: [matches(/:/, "host:port")] }),
  },
  returns: attribute.object({ host: attribute.string(), port: attribute.number() }),
  call({ address }) {
    const at = address.lastIndexOf(":");
    const port = Number(address.slice(at + 1));
    if (Number.isNaN(port)) {
      throw new DiagnosticError({ severity: "error", summary: "The port is no number.", path: "address" });
    }
    return { host: address.slice(0, at), port };
  },
});

const join = defineFunction({
  deprecated: "Use join.",
  parameters: { separator: attribute.string() },
  rest: {
    parts: parameter(attribute.string({ validate: [matches(/^[a-z]*$/, "letters")] }), { allowNull: true }),
  },
  returns: attribute.string(),
  call: ({ separator, parts }) => {
    same<typeof parts, readonly (string | null)[]>(true);
    if (parts.includes("no")) {
      const path = ["parts", parts.indexOf("no")];
      throw new DiagnosticError({ severity: "error", summary: "Not this", detail: "It says no.", path });
    }
    return parts.filter((part) => part !== null).join(separator);
  },
});

const coalesce = defineFunction({
  parameters: {
    value: parameter(attribute.string(), { allowNull: true, allowUnknown: true }),
    fallback: attribute.string(),
  },
  returns: attribute.string(),
  call: ({ value, fallback }) => {
    same<typeof value, string | null | Unknown>(true);
    same<typeof fallback, string>(true);
    return (isUnknown(value) ? UNKNOWN : (value ?? fallback)) as string;
  },
});

const anything = defineFunction({
  parameters: { value: attribute.dynamic() },
  returns: attribute.dynamic(),
  call: ({ value }) => Dynamic.of([value]),
});

const wrong = (result: unknown) =>
  defineFunction({ parameters: {}, returns: attribute.bool(), call: () => result as never });

const broken = defineFunction({
  parameters: {},
  returns: attribute.bool(),
  call: () => {
    throw new TypeError("x is not a function");
  },
});

const provider = defineProvider({
  name: "demo",
  version: "1.0.0",
  attributes: { url: attribute.string({ required: true }) },
  configure: () => {
    throw new Error("No function needs this.");
  },
  functions: { parse, join, coalesce, anything, text: wrong("yes"), vague: wrong(UNKNOWN), broken },
});
const rpc = callerOf(provider);

async function call(name: string, types: readonly Type[], values: readonly unknown[], result: Type) {
  const args = values.map((value, index) => encodeValue(value, types[index] ?? types.at(-1)!));
  const answer = await rpc("CallFunction", { name, arguments: args });
  return answer.error ? { ...answer.error } : decodeValue(answer.result, result);
}

describe("functions", () => {
  it("are called on a process that nobody has configured", async () => {
    const returned: Type = ["object", { host: "string", port: "number" }];
    expect(await call("parse", ["string"], ["[::1]:22"], returned)).toEqual({ host: "[::1]", port: 22 });
  });

  it("name the argument at fault, be it by a validator or in the call", async () => {
    expect(await call("parse", ["string"], ["nothing"], "dynamic")).toEqual({
      text: '"nothing" does not fit: use host:port',
      functionArgument: 0,
    });
    expect(await call("parse", ["string"], ["a:b"], "dynamic")).toEqual({
      text: "The port is no number",
      functionArgument: 0,
    });
    expect(await call("join", ["string"], ["-", "a", "B"], "dynamic")).toMatchObject({ functionArgument: 2 });
    expect(await call("join", ["string"], ["-", "a", "b", "no"], "dynamic")).toEqual({
      text: "Not this: It says no",
      functionArgument: 3,
    });
  });

  it("take any number of further arguments, and null where they say so", async () => {
    expect(await call("join", ["string"], ["-"], "string")).toBe("");
    expect(await call("join", ["string"], ["-", "a", null, "b"], "string")).toBe("a-b");
    expect(await call("coalesce", ["string"], [null, "b"], "string")).toBe("b");
  });

  it("take unknown values where they say so, and then may return one", async () => {
    expect(await call("coalesce", ["string"], [UNKNOWN, "b"], "string")).toEqual(UNKNOWN);
  });

  it("take and return values of any type", async () => {
    expect(await call("anything", ["dynamic"], [Dynamic.of({ a: 1 })], "dynamic")).toEqual(
      new Dynamic(["tuple", [["object", { a: "number" }]]], [{ a: 1 }]),
    );
  });

  it("that fail say why, without an argument", async () => {
    expect(await call("text", [], [], "bool")).toEqual({
      text: expect.stringMatching(
        /^The function text failed: Its result has a wrong type.*A string is not a bool$/s,
      ),
    });
    expect(await call("vague", [], [], "bool")).toEqual({
      text: expect.stringMatching(/^The function vague failed: Its result is not known/),
    });
    expect(await call("broken", [], [], "bool")).toEqual({
      text: "The function broken failed: x is not a function",
    });
    expect(await call("other", [], [], "bool")).toEqual({
      text: 'The function other failed: This provider has no function "other"',
    });
  });

  it("are declared in the schema, in GetFunctions and in GetMetadata", async () => {
    const { functions } = await rpc("GetFunctions", {});
    expect((await rpc("GetProviderSchema", {})).functions).toEqual(functions);
    expect((await rpc("GetMetadata", {})).functions).toContainEqual({ name: "join" });
    expect(functions?.parse).toEqual({
      summary: "Splits an address.",
      description: "At the last colon.",
      parameters: [{ name: "address", type: Buffer.from('"string"'), description: "host:port" }],
      return: { type: Buffer.from('["object",{"host":"string","port":"number"}]') },
    });
    expect(functions?.join).toMatchObject({
      deprecationMessage: "Use join.",
      variadicParameter: { name: "parts", allowNullValue: true },
    });
    expect(functions?.coalesce?.parameters?.[0]).toMatchObject({ allowUnknownValues: true });
    expect(providersSchema(provider, "example.com/acme/demo").provider_schemas).toMatchObject({
      "example.com/acme/demo": {
        functions: { join: { variadic_parameter: { name: "parts", is_nullable: true, type: "string" } } },
      },
    });
  });

  it.each<[string, () => unknown]>([
    ["parameter Text is no valid name", () => define({ Text: attribute.string() })],
    ["parameter constructor is no valid name", () => define({ constructor: attribute.string() })],
    ["is named twice", () => define({ a: attribute.string() }, { a: attribute.string() })],
    ["more than one", () => define({}, { a: attribute.string(), b: attribute.string() })],
    [
      "no-name is no valid name",
      () => defineProvider({ ...provider, functions: { "no-name": parse } } as never),
    ],
  ])("are refused with the reason: %s", (reason, declare) => expect(declare).toThrow(reason));
});

function define(
  parameters: ProviderFunction["parameters"],
  rest: ProviderFunction["parameters"] = {},
): ProviderFunction {
  return defineFunction({ parameters, rest, returns: attribute.bool(), call: () => true });
}
