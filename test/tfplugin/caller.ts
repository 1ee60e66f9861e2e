import { attribute, defineProvider, type Fields, type Provider, type Resource } from "../../lib/tfplugin";
import { createMethods } from "../../lib/tfplugin/rpc/methods";
import { type Level, typeOfLevel } from "../../lib/tfplugin/schema/level";
import { decodeValue, encodeValue } from "../../lib/tfplugin/value/dynamic-value";
import { type Message, protobuf, type Rpc } from "../../lib/tfplugin/wire/messages";

/** Calls an RPC of a provider. */
export type Caller = <R extends Rpc>(
  rpc: R,
  request: Message<`${R}.Request`>,
) => Promise<Message<`${R}.Response`>>;

/** The RPCs of a provider as Terraform calls them: bytes in, bytes out. */
export function callerOf(provider: Provider): Caller {
  const methods = createMethods(provider);
  return async (rpc, request) => {
    const bytes = protobuf.encode(`${rpc}.Request`, request);
    const answer = await methods[`/tfplugin6.Provider/${rpc}`]!(bytes);
    return protobuf.decode(`${rpc}.Response`, answer) as never;
  };
}

/** The same for a provider of these resource types alone. */
export function callerOfResources(
  resources: { readonly [typeName: string]: Resource },
  more: Partial<Provider> = {},
): Caller {
  const provider = defineProvider({
    name: "demo",
    version: "1.0.0",
    attributes: { url: attribute.string({ optional: true }) },
    configure: () => "client",
    resources,
  });
  return callerOf({ ...provider, ...more });
}

/** An object as it travels. */
export const toWire = (value: unknown, level: Level): Message<"DynamicValue"> =>
  encodeValue(value, typeOfLevel(level));

/** An object that came back; null when there is none. */
export const fromWire = (value: Message<"DynamicValue"> | undefined, level: Level): Fields | null =>
  decodeValue(value, typeOfLevel(level)) as Fields | null;

/** The null object. */
export const nothing: Message<"DynamicValue"> = encodeValue(null, ["object", {}]);
