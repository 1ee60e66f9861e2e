import type { Message } from "../wire/messages";
import { fromJson, parseJson } from "./json";
import { readMsgpack } from "./msgpack-reader";
import { writeMsgpack } from "./msgpack-writer";
import type { Type } from "./type";

/** The protocol's carrier of a value. Terraform sends msgpack; JSON is allowed and read too. */
export function decodeValue(wire: Message<"DynamicValue"> | undefined, type: Type): unknown {
  if (wire?.msgpack?.length) return readMsgpack(wire.msgpack, type);
  if (wire?.json?.length) return fromJson(parseJson(Buffer.from(wire.json).toString("utf8")), type);
  return null;
}

/** Throws TypeMismatch when the value does not fit the type. */
export function encodeValue(value: unknown, type: Type): Message<"DynamicValue"> {
  return { msgpack: writeMsgpack(value, type) };
}
