import type { Type } from "../value/type";
import type { Message } from "../wire/messages";

/**
 * The way to a value inside an object: attribute names, list indices, map keys.
 * A plain string names one attribute of the object itself.
 *
 * @example
 * diagnostics.error("Port taken", "Port 22 is in use.", ["rule", 0, "port"]);
 */
export type Path = string | readonly (string | number)[];

/** The steps of a path. */
export function stepsOf(path: Path): readonly (string | number)[] {
  return typeof path === "string" ? [path] : path;
}

/** A path in Terraform's notation: `rule[0].port`, `tags["a"]`. The type tells a map key from an attribute. */
export function pathText(path: Path, type?: Type): string {
  let at: Type | undefined = type;
  let text = "";
  for (const step of stepsOf(path)) {
    const isKey = typeof step === "number" || (at !== undefined && at[0] === "map");
    text += isKey ? `[${JSON.stringify(step)}]` : `${text ? "." : ""}${step}`;
    at = at && typeAt(at, step);
  }
  return text;
}

/**
 * A path on the wire. It ends at a set, whose elements have no address,
 * and where the path leaves the type: a shorter path is better than a message without any.
 */
export function pathToMessage(path: Path, type: Type): Message<"AttributePath"> | undefined {
  const steps: Message<"Step">[] = [];
  let at: Type | undefined = type;
  for (const step of stepsOf(path)) {
    if (at === undefined || typeof at === "string" || at[0] === "set") break;
    if (at[0] === "object" && typeof step === "string") steps.push({ attributeName: step });
    else if (at[0] === "map") steps.push({ elementKeyString: String(step) });
    else if (typeof step === "number") steps.push({ elementKeyInt: step });
    else break;
    at = typeAt(at, step);
  }
  return steps.length > 0 ? { steps } : undefined;
}

function typeAt(type: Type, step: string | number): Type | undefined {
  if (typeof type === "string") return undefined;
  if (type[0] === "object") return type[1][step];
  if (type[0] === "tuple") return typeof step === "number" ? type[1][step] : undefined;
  return type[1];
}
