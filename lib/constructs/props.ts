import { dirname } from "node:path";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { z } from "zod";
import { type Collection, problemsOf } from "../contract";

/**
 * Every field of what a collection takes on create, each answered for: its value, or undefined where the
 * platform decides. A field that is new in the contract does not compile until its construct has it.
 */
export type Answers<C extends Collection> = {
  readonly [K in keyof Required<z.input<C["create"]>>]: z.input<C["create"]>[K] | undefined;
};

/** What to do about a wrong value, for every field. */
export type Fixes<C extends Collection> = { readonly [K in keyof Required<z.input<C["create"]>>]: string };

/** Props that cannot be what the user meant: the construct's path, the value, what is allowed and the fix. */
export class PropsError extends Error {
  override readonly name = "PropsError";
  constructor(construct: IConstruct, problem: string, fix: string) {
    super(`[${construct.node.path}] ${problem}\n  Fix: ${fix}`);
    this.stack = withoutOurFrames(this.stack ?? "");
  }
}

/**
 * Checks what a construct is about to send against the contract. Values that hold tokens are known only to
 * Terraform, so what the contract says about them does not count.
 * @throws PropsError that lists every problem.
 */
export function checkProps<C extends Collection>(
  construct: IConstruct,
  collection: C,
  input: Answers<C>,
  fixes: Fixes<C>,
): void {
  const problems = problemsOf(collection.create, input).filter(({ path }) => !holdsToken(input, path));
  if (problems.length === 0) return;
  const fields = new Set(problems.map(({ path }) => path[0] as keyof Fixes<C>));
  throw new PropsError(
    construct,
    problems.map(({ message }) => message).join(" "),
    [...fields].map((field) => fixes[field]).join(" "),
  );
}

/** Whether there is a token anywhere on the way to a field; a token may be a map's key, too. */
function holdsToken(input: unknown, path: readonly (string | number)[]): boolean {
  let value = input;
  for (const step of path) {
    value = (value as Readonly<Record<string | number, unknown>> | undefined)?.[step];
    if (Token.isUnresolved(value) || Token.isUnresolved(step)) return true;
  }
  return false;
}

/** The user wants to see their own line first, not this package's way to find the mistake. */
function withoutOurFrames(stack: string): string {
  const folder = dirname(__dirname);
  return stack
    .split("\n")
    .filter((line) => !/^\s+at /.test(line) || !(line.includes(folder) || line.includes("node:internal")))
    .join("\n");
}
