import type { TerraformResource } from "cdktf";
import { isExpression } from "../known-value";
import { evaluated, type ResourceArguments } from "../resource-arguments";
import { Unknown } from "./unknown";

/** A plain value; nothing where none is given, also by a Lazy. @param prop what users call the argument */
export function readValue<T>(
  resource: TerraformResource,
  given: ResourceArguments,
  argument: string,
  prop: string,
): T | Unknown | undefined {
  const value = evaluated(resource, given[argument]);
  if (value === undefined || value === null) return undefined;
  return isExpression(value) ? new Unknown(prop) : (value as T);
}

/** The texts of a list, and whether there is more in it that only Terraform knows. */
export interface KnownList {
  readonly known: readonly string[];
  readonly hasMore: boolean;
}

/** A list of texts, none where none is given. */
export function readList(resource: TerraformResource, given: unknown): KnownList {
  const value = evaluated(resource, given);
  if (value === undefined || value === null) return { known: [], hasMore: false };
  if (!Array.isArray(value)) return { known: [], hasMore: true };
  const known = value.filter((item): item is string => typeof item === "string" && !isExpression(item));
  return { known, hasMore: known.length < value.length };
}
