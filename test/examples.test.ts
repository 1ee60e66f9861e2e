import * as tfplugin from "../lib/tfplugin";
import { type Example, examples } from "./support/docs/examples";
import { inStack, typeErrors } from "./support/type-check";

const all = examples();

test("every example of a construct compiles in a stack, and one of a property is a value of it", () => {
  const of = all.filter(({ file }) => file.startsWith("constructs/"));
  expect(of.length).toBeGreaterThan(30);
  expect(
    typeErrors(modules(of, ({ code, property }) => inStack(`${code}\n${asProperty(property)}`))),
  ).toEqual([]);
});

const asProperty = (property: Example["property"]): string =>
  property
    ? `const value: import("./lib/constructs").${property.of}["${property.name}"] = ${property.name}; void value;`
    : "";

test("every other example compiles", () => {
  const of = all.filter(({ file }) => !file.startsWith("constructs/"));
  expect(of.length).toBeGreaterThan(20);
  expect(typeErrors(modules(of, ({ code }) => asModule(code)))).toEqual([]);
});

const modules = (of: readonly Example[], text: (example: Example) => string): Map<string, string> =>
  new Map(of.map((example, index) => [`${index}: lib/${example.where}`, text(example)]));

/** An example that is a module of its own stays one; all others are statements of a function. */
function asModule(code: string): string {
  if (/^import /m.test(code)) {
    return code
      .replace('"./tfplugin', '"./lib/tfplugin')
      .replace("./provider.js", "./examples/provider/provider.js");
  }
  const exported = code.replace(/^export /m, "");
  return `
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Port, type Instance, type PortForward } from "./lib";
import * as platforms from "./lib/platform";
import { answerLookups, matchers, snapshotSerializer, startPlatform, type TestPlatform } from "./lib/testing";
import "./lib/testing/jest";
import { ${Object.keys(tfplugin).join(", ")} } from "./lib/tfplugin";
import type { Validator } from "./lib/tfplugin";
const { plainPlatform, servePlatform } = platforms;
declare class Api { constructor(endpoint: string); }
export async function example(
  api: platforms.PlainApi, platform: platforms.Platform, token: string, signal: AbortSignal,
  log: (level: string, text: string) => void, diagnostics: Diagnostics, provider: Parameters<typeof providersSchema>[0],
  config: { endpoint: unknown; port: number }, plan: object, note: any,
  stack: import("cdktf").TerraformStack, web: Instance, db: Instance, page: PortForward,
): Promise<unknown> {
  {
${exported}
  }
  return undefined;
}
`;
}
