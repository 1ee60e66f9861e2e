import type { ObjectType, Type } from "./type";

/** One attribute of an object type, with its name in UTF-8. */
export interface ObjectField {
  readonly name: string;
  readonly type: Type;
  readonly key: Uint8Array;
}

const known = new WeakMap<ObjectType, readonly ObjectField[]>();

/** The attributes of an object type in the order in which Terraform writes them, that of their names. */
export function fieldsOfObject(type: ObjectType): readonly ObjectField[] {
  let fields = known.get(type);
  if (!fields) {
    const names = Object.keys(type[1]).sort();
    fields = names.map((name) => ({ name, type: type[1][name]!, key: Buffer.from(name) }));
    known.set(type, fields);
  }
  return fields;
}
