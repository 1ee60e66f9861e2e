import type { Change, PolicyRecord } from "../report";
import { hidden, later } from "../shown";

/** Attributes by name; `later` and `hidden` stand for what cannot be shown. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A resource or data source of ours, whichever way it was read. */
export interface ReadObject {
  readonly address: string;
  readonly type: string;
  /** False of a data source. */
  readonly managed: boolean;
  readonly change: Change;
  /** As it is or will be; of what goes, as it was. */
  readonly values: Attributes;
  /** As it is now, where it changes. */
  readonly before: Attributes | undefined;
  /** The resource that an attribute's value comes from. */
  readonly references: Readonly<Record<string, string>>;
  readonly copies: string | undefined;
  readonly constructPath: string | undefined;
  readonly policy: PolicyRecord | undefined;
}

/** What only a synthesized stack says. */
export const unsaid = { copies: undefined, constructPath: undefined, policy: undefined } as const;

/** What a file says about one stack. */
export interface ReadStack {
  readonly name: string | undefined;
  readonly objects: readonly ReadObject[];
  readonly remarks: readonly string[];
  readonly otherChanges: number;
}

/** Marks what a plan does not know yet and what is not to be seen; both come as trees of `true`. */
export function masked(value: unknown, unknowns: unknown, sensitive: unknown): unknown {
  if (sensitive === true) return hidden;
  if (unknowns === true) return later;
  if (Array.isArray(value)) {
    return value.map((item, at) => masked(item, part(unknowns, at), part(sensitive, at)));
  }
  if (typeof value !== "object" || value === null) return value;
  const names = new Set([...Object.keys(value), ...Object.keys(isTree(unknowns) ? unknowns : {})]);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      masked((value as Attributes)[name], part(unknowns, name), part(sensitive, name)),
    ]),
  );
}

const isTree = (tree: unknown): tree is object =>
  typeof tree === "object" && tree !== null && !Array.isArray(tree);

const part = (tree: unknown, key: string | number): unknown =>
  typeof tree === "object" && tree !== null ? (tree as Record<string | number, unknown>)[key] : undefined;

/** `module.lab.fairlead_instance.web["a"]` without keys, as code names it. */
export const withoutKeys = (address: string): string => address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "");

/** Types of what this package's provider has. */
export const isOurs = (type: string): boolean => type.startsWith("fairlead_");
