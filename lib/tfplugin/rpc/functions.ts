import { type Diagnostic, DiagnosticError, Diagnostics } from "../diagnostics";
import { type ProviderFunction, parameterOf } from "../function";
import { functionToMessage } from "../schema/function-message";
import type { Attributes } from "../schema/level";
import { stepsOf } from "../schema/path";
import { validateObject } from "../schema/validate";
import { decodeValue, encodeValue } from "../value/dynamic-value";
import type { Fields } from "../value/type";
import { hasUnknown } from "../value/unknown";
import type { Message } from "../wire/messages";
import type { Handler, Session } from "./session";

type FunctionError = Message<"FunctionError">;

export const getFunctions: Handler<"GetFunctions"> = ({ provider }) => ({
  functions: functionsToMessage(provider.functions),
});

/** The declarations of all functions, by name. */
export function functionsToMessage(functions: { readonly [name: string]: ProviderFunction } = {}) {
  return Object.fromEntries(Object.entries(functions).map(([name, one]) => [name, functionToMessage(one)]));
}

/** Terraform has checked number, types and nulls of the arguments. The provider may not be configured. */
export const callFunction: Handler<"CallFunction"> = async (
  session,
  { name = "", arguments: wires = [] },
) => {
  try {
    const called = session.function(name);
    const given = readArguments(called, wires);
    return await answer(session, called, name, given);
  } catch (error) {
    return { error: errorOf(session, error, `The function ${name}`) };
  }
};

async function answer(
  session: Session,
  called: ProviderFunction,
  name: string,
  given: Fields,
): Promise<Message<"CallFunction.Response">> {
  let result: unknown;
  try {
    check(called, given);
    result = (await called.call(given)) ?? null;
  } catch (error) {
    return { error: errorOf(session, error, `The function ${name}`, called) };
  }
  if (hasUnknown(result) && !hasUnknown(given))
    throw new Error(
      "Its result is not known, although its arguments are. Report it to the provider's authors.",
    );
  try {
    return { result: encodeValue(result, called.returns.type) };
  } catch (error) {
    throw new Error("Its result has a wrong type. Report it to the provider's authors.", { cause: error });
  }
}

function readArguments(
  { parameters, rest = {} }: ProviderFunction,
  wires: readonly Message<"DynamicValue">[],
): { readonly [name: string]: unknown } {
  const given: Record<string, unknown> = {};
  const names = Object.keys(parameters);
  for (const [index, name] of names.entries())
    given[name] = decodeValue(wires[index], parameterOf(parameters[name]!).attribute.type);
  for (const [name, parameter] of Object.entries(rest)) {
    const { type } = parameterOf(parameter).attribute;
    given[name] = wires.slice(names.length).map((wire) => decodeValue(wire, type));
  }
  return given;
}

/** The validators of the parameters' attributes. A function has one error, so the first one it is. */
function check({ parameters, rest = {} }: ProviderFunction, given: Fields): void {
  const diagnostics = new Diagnostics();
  const attributes: Record<string, Attributes[string]> = {};
  for (const [name, parameter] of Object.entries(parameters))
    attributes[name] = parameterOf(parameter).attribute;
  for (const [name, parameter] of Object.entries(rest)) {
    const element = parameterOf(parameter).attribute;
    attributes[name] = { type: ["list", element.type], element, options: {} };
  }
  validateObject({ attributes }, given, diagnostics);
  const first = diagnostics.list.find(({ severity }) => severity === "error");
  if (first) throw new DiagnosticError({ ...first, summary: first.detail ?? first.summary, detail: "" });
}

function errorOf(session: Session, error: unknown, what: string, called?: ProviderFunction): FunctionError {
  const diagnostics = new Diagnostics();
  session.explain(error, what, diagnostics);
  const [first] = diagnostics.list.filter(({ severity }) => severity === "error");
  return {
    text: first ? textOf(first) : `${what} failed`,
    functionArgument: called && argumentOf(first, called),
  };
}

/** Terraform puts the text into a sentence and ends it with a full stop. */
function textOf({ summary, detail }: Diagnostic): string {
  return (detail ? `${summary}: ${detail}` : summary).replace(/\.$/, "");
}

function argumentOf(
  diagnostic: Diagnostic | undefined,
  { parameters, rest = {} }: ProviderFunction,
): number | undefined {
  if (diagnostic?.path === undefined) return undefined;
  const [name = "", index] = stepsOf(diagnostic.path);
  const names = Object.keys(parameters);
  if (Object.hasOwn(rest, name)) return names.length + (typeof index === "number" ? index : 0);
  const position = names.indexOf(String(name));
  return position < 0 ? undefined : position;
}
