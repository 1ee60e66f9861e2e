import type * as z from "zod";
import { closeName } from "./known-name";

/** What of a schema tells what it is made of. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
}

const definitionOf = (schema: z.ZodType): Definition => schema.def as unknown as Definition;

/** The field of an object within a schema that somebody may have meant; undefined when none comes close. */
export function closeField(
  schema: z.ZodType,
  path: readonly (string | number)[],
  written: string,
): string | undefined {
  let at: z.ZodType | undefined = bare(schema);
  for (const step of path) at = at && bare(innerOf(definitionOf(at), step));
  const { shape } = at ? definitionOf(at) : {};
  return shape && closeName(written, Object.keys(shape));
}

function innerOf({ type, shape, valueType, element }: Definition, step: string | number) {
  return type === "object" ? shape?.[step] : type === "record" ? valueType : element;
}

/** Without what only says that a value may be missing. */
function bare(schema: z.ZodType | undefined): z.ZodType | undefined {
  const inner = schema && definitionOf(schema).innerType;
  return inner ? bare(inner) : schema;
}
