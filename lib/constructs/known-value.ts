import { DefaultTokenResolver, StringConcat, Token, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

const resolver = new DefaultTokenResolver(new StringConcat());

/** The value itself, or what a Lazy gives; undefined when only Terraform knows it. For use at synthesis. */
export function knownValue(scope: IConstruct, value: unknown): unknown {
  const resolved = Token.isUnresolved(value) ? resolvedValue(scope, value) : value;
  return isExpression(resolved) ? undefined : resolved;
}

/** The same with Terraform's expressions as they will be synthesized. */
export function resolvedValue(scope: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver, preparing: false });
}

/** Text that Terraform evaluates: what a reference becomes, or what the user wrote so. */
export function isExpression(value: unknown): boolean {
  return typeof value === "string" && value.includes("${");
}
