import { type ProviderFunction, parameterOf } from "../function";
import type { Type } from "../value/type";
import type { Message } from "../wire/messages";

const typeToMessage = (type: Type) => Buffer.from(JSON.stringify(type));

/** A function's declaration on the wire. */
export function functionToMessage(declared: ProviderFunction): Message<"Function"> {
  const parameters = (given: ProviderFunction["parameters"] = {}) =>
    Object.entries(given).map(([name, one]) => parameterToMessage(name, one));
  return {
    parameters: parameters(declared.parameters),
    variadicParameter: parameters(declared.rest)[0],
    return: { type: typeToMessage(declared.returns.type) },
    summary: declared.summary,
    description: declared.description,
    deprecationMessage: declared.deprecated,
  };
}

function parameterToMessage(
  name: string,
  given: ProviderFunction["parameters"][string],
): Message<"Parameter"> {
  const { attribute, options } = parameterOf(given);
  return {
    name,
    type: typeToMessage(attribute.type),
    allowNullValue: options.allowNull,
    allowUnknownValues: options.allowUnknown,
    description: attribute.options.description,
  };
}
