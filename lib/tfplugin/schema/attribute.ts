import type { Dynamic } from "../value/dynamic";
import type { Decimal } from "../value/number";
import type { Type } from "../value/type";
import { type Attribute, type Attributes, type Nesting, typeOfNested } from "./level";
import type { AttributeOptions } from "./options";

type NoOptions = Record<never, never>;
type ValueOf<A> = A extends Attribute<infer V, unknown> ? V : never;
type ObjectOf<A extends Attributes> = { readonly [K in keyof A]: ValueOf<A[K]> | null };
type TupleOf<A extends readonly Attribute[]> = { readonly [K in keyof A]: ValueOf<A[K]> | null };
type MapOf<V> = { readonly [key: string]: V };

/** A nested attribute: objects with attributes of their own. */
export interface NestedAttribute<A extends Attributes, N extends Nesting, O> extends Attribute<unknown, O> {
  readonly nested: { readonly nesting: N; readonly attributes: A };
}

/** A default alone says enough: the user may set the attribute, and else the provider does. */
function normalise<O>(options: O | undefined): O {
  const given = (options ?? {}) as O & AttributeOptions;
  return given.default === undefined ? given : { ...given, optional: true, computed: true };
}

const primitive =
  <V>(type: Type) =>
  <const O extends AttributeOptions<V> = NoOptions>(options?: O): Attribute<V, O> => ({
    type,
    options: normalise(options),
  });

function collection<V, O>(
  kind: "list" | "set" | "map",
  element: Attribute,
  options: O | undefined,
): Attribute<V, O> {
  return { type: [kind, element.type], element, options: normalise(options) };
}

function list<E extends Attribute, const O extends AttributeOptions<readonly ValueOf<E>[]> = NoOptions>(
  element: E,
  options?: O,
): Attribute<readonly ValueOf<E>[], O> {
  return collection("list", element, options);
}

function set<E extends Attribute, const O extends AttributeOptions<readonly ValueOf<E>[]> = NoOptions>(
  element: E,
  options?: O,
): Attribute<readonly ValueOf<E>[], O> {
  return collection("set", element, options);
}

function map<E extends Attribute, const O extends AttributeOptions<MapOf<ValueOf<E>>> = NoOptions>(
  element: E,
  options?: O,
): Attribute<MapOf<ValueOf<E>>, O> {
  return collection("map", element, options);
}

function object<A extends Attributes, const O extends AttributeOptions<ObjectOf<A>> = NoOptions>(
  attributes: A,
  options?: O,
): Attribute<ObjectOf<A>, O> {
  const fields = Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type]));
  return { type: ["object", fields], options: normalise(options) };
}

function tuple<
  const A extends readonly Attribute[],
  const O extends AttributeOptions<TupleOf<A>> = NoOptions,
>(elements: A, options?: O): Attribute<TupleOf<A>, O> {
  return { type: ["tuple", elements.map(({ type }) => type)], options: normalise(options) };
}

const nested =
  <N extends Nesting>(nesting: N) =>
  <A extends Attributes, const O extends AttributeOptions = NoOptions>(
    attributes: A,
    options?: O,
  ): NestedAttribute<A, N, O> => ({
    type: typeOfNested({ nesting, attributes }),
    options: normalise(options),
    nested: { nesting, attributes },
  });

/**
 * Builders of attributes. The TypeScript types of configuration, plan and state follow from them.
 * Lists, sets and tuples are arrays; maps and objects are plain objects; what is not set is null.
 *
 * @example
 * const attributes = {
 *   id: attribute.string({ computed: true, stable: true }),
 *   name: attribute.string({ required: true, validate: [matches(/^[a-z]+$/, "lower-case letters")] }),
 *   labels: attribute.map(attribute.string(), { default: {} }),
 *   rules: attribute.nested.list({ port: attribute.number({ required: true }) }, { optional: true }),
 * };
 */
export const attribute = {
  /** Text. */
  string: primitive<string>("string"),
  /** A number that a double holds exactly, or whose shortest decimal it round-trips (0.1). Others are refused. */
  number: primitive<number>("number"),
  /** Any number: a `number` where exact, a `bigint` for larger integers, else a decimal string. */
  bigNumber: <const O extends AttributeOptions<Decimal> = NoOptions>(options?: O): Attribute<Decimal, O> => ({
    ...primitive<Decimal>("number")(options),
    anyPrecision: true,
  }),
  /** true or false. */
  bool: primitive<boolean>("bool"),
  /** A value of any type, together with its type. */
  dynamic: primitive<Dynamic>("dynamic"),
  /** An ordered list of one type. */
  list,
  /** An unordered list of one type; Terraform drops repeated elements. */
  set,
  /** String keys, values of one type. */
  map,
  /** A fixed set of fields, which the user gives all at once. Prefer `nested.single`, which can have optional ones. */
  object,
  /** A fixed number of elements, each of its own type. */
  tuple,
  /** Objects whose attributes have options of their own. */
  nested: { single: nested("single"), list: nested("list"), set: nested("set"), map: nested("map") },
} as const;
