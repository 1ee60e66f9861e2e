import { inspect } from "node:util";
import type * as z from "zod";
import { PlatformError } from "./errors";
import { extentProblems } from "./extent";
import { closeField } from "./known-field";
import type { Problem } from "./problem";

export type { Problem };

/** More are not told: who has as many has misread something. */
const mostProblems = 20;

/** Checks a value against a schema; an empty list means that it fits. Of very many problems the first ones are told. */
export function problemsOf(schema: z.ZodType, value: unknown): Problem[] {
  return read(schema, value).problems;
}

function read<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { readonly problems: Problem[]; readonly result?: z.ZodSafeParseResult<z.output<S>> } {
  const extent = extentProblems(value);
  if (extent.length > 0) return { problems: extent.slice(0, mostProblems) };
  const result = schema.safeParse(value);
  const issues = result.success ? [] : result.error.issues.flatMap(singly);
  const told = issues.slice(0, mostProblems);
  const problems = told.map((issue, i) => {
    const { path, message } = problemOfIssue(schema, issue, value);
    const more = i === mostProblems - 1 ? issues.length - told.length : 0;
    return { path, message: more > 0 ? `${message} There are ${more} more problems.` : message };
  });
  return { problems, result };
}

/** An issue of each of the fields that are none. */
function singly(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue];
}

/** Whether a field of an object is marked with `meta({ secret: true })`: what was given for it is not repeated. */
function isSecret(schema: z.ZodType, field: PropertyKey | undefined): boolean {
  const { shape } = schema as { shape?: Readonly<Record<PropertyKey, z.ZodType>> };
  return field !== undefined && shape?.[field]?.meta()?.secret === true;
}

/** A path as a JSON pointer (RFC 6901): `/labels/example.com~1team`. */
export function pointerTo(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The steps of a JSON pointer. */
export function stepsOfPointer(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/**
 * Reads a value by a schema, with its defaults applied.
 * @throws PlatformError `invalid_argument` that names the first field, what was given and what is allowed.
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const { problems, result } = read(schema, value);
  if (result?.success) return result.data;
  throw new PlatformError("invalid_argument", problems.map((problem) => problem.message).join(" "), {
    field: pointerTo(problems[0]!.path),
  });
}

function problemOfIssue(schema: z.ZodType, issue: z.core.$ZodIssue, root: unknown): Problem {
  const secret = isSecret(schema, issue.path[0]);
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  const field = path.join(".") || "The value";
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const close = closeField(schema, path, key);
    const end = close === undefined ? "." : `; did you mean ${close}?`;
    return {
      path: [...path, key],
      message: `${[...path, key].join(".")} is not a field that can be set here${end}`,
    };
  }
  const given = path.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown>)?.[step],
    root,
  );
  return given === undefined && path.length > 0
    ? { path, message: `${field} is required: ${issue.message}.` }
    : { path, message: `${field} is ${secret ? "not shown" : show(given)}, but ${issue.message}.` };
}

function show(value: unknown): string {
  const text = jsonOf(value) ?? inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Undefined for what JSON has no words for: a function, a bigint, an object that holds itself. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
