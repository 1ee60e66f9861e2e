import type { PolicyRecord } from "../report";
import { later } from "../shown";
import { type Attributes, isOurs, type ReadObject, type ReadStack } from "./object";

/** A stack as cdktf writes it. */
export interface SynthesizedStack {
  readonly "//"?: { readonly metadata?: { readonly stackName?: string } };
  readonly resource?: Blocks;
  readonly data?: Blocks;
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

interface Block extends Attributes {
  readonly "//"?: { readonly constructPath?: string; readonly exposure?: PolicyRecord };
}

/** What the code says; what Terraform evaluates is not known yet, and what is repeated no times is nothing. */
export function readSynthesized(stack: SynthesizedStack): ReadStack {
  return {
    name: stack["//"]?.metadata?.stackName,
    objects: [...objectsOf(stack.resource, true), ...objectsOf(stack.data, false)],
    remarks: [],
    otherChanges: 0,
  };
}

function objectsOf(blocks: Blocks = {}, managed: boolean): ReadObject[] {
  return Object.entries(blocks)
    .filter(([type]) => isOurs(type))
    .flatMap(([type, named]) =>
      Object.entries(named).map(([name, { "//": about, ...block }]) => ({
        address: `${managed ? "" : "data."}${type}.${name}`,
        type,
        managed,
        change: "none" as const,
        values: evaluated(block) as Attributes,
        before: undefined,
        references: Object.fromEntries(
          Object.entries(block).flatMap(([attribute, value]) => {
            const address = referenceIn(value);
            return address === undefined ? [] : [[attribute, address]];
          }),
        ),
        copies: copiesOf(block),
        constructPath: about?.constructPath,
        policy: about?.exposure,
      })),
    )
    .filter(({ copies }) => copies !== "0");
}

/** `fairlead_instance.web` of `${fairlead_instance.web.id}`. */
function referenceIn(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return /^\$\{((?:data\.)?fairlead_\w+\.[\w-]+)[.[]/.exec(value)?.[1];
}

/** The same without what Terraform evaluates. */
function evaluated(value: unknown): unknown {
  if (typeof value === "string")
    return /[$%]\{/.test(value.replace(/[$%]{2}\{/g, "")) ? later : literal(value);
  if (Array.isArray(value)) return value.map(evaluated);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, evaluated(inner)]));
}

/** Text as Terraform has it: `$${` stands for `${`. */
const literal = (text: string): string => text.replace(/([$%])\1\{/g, "$1{");

function copiesOf({ for_each: each, count }: Block): string | undefined {
  if (typeof count === "number") return String(count);
  if (Array.isArray(each)) return String(each.length);
  if (typeof each === "object" && each !== null) return String(Object.keys(each).length);
  return each === undefined && count === undefined ? undefined : "as many as Terraform finds";
}
