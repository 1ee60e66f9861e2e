import type { Attribute } from "./level";

const NAME = /^[a-z_][a-z0-9_]*$/;

/** What is checked of a function: the names of its parameters. */
interface Checked {
  readonly parameters: { readonly [name: string]: unknown };
  readonly rest?: { readonly [name: string]: unknown };
  readonly returns: Attribute;
}

/** Refuses a function that Terraform, or the object of its arguments, could not have. Throws. */
export function checkFunction({ parameters, rest = {} }: Checked): void {
  const names = [...Object.keys(parameters), ...Object.keys(rest)];
  if (Object.keys(rest).length > 1) throw new Error("function: rest has more than one parameter.");
  for (const [index, name] of names.entries()) {
    checkFunctionName(name, "parameter ");
    if (names.indexOf(name) !== index) throw new Error(`function: the parameter ${name} is named twice.`);
  }
}

/** Refuses a name that could not be written, or that every JavaScript object has. */
export function checkFunctionName(name: string, what = ""): void {
  if (NAME.test(name) && !(name in {})) return;
  throw new Error(
    `function: ${what}${name} is no valid name; use lower-case letters, digits and underscores.`,
  );
}
