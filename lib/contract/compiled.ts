import * as z from "zod";

/** How often a schema is used before compiling it, which takes some milliseconds, pays. */
const busy = 100;

/**
 * A schema for values by the thousand: the same schema, which zod turns into code of its own when it has been used
 * often. Ask for it anew for every value.
 */
export function compiledWhenBusy<S extends z.ZodType>(schema: S): () => S {
  let current = schema;
  let uses = 0;
  return () => {
    if (++uses === busy) current = z.compile(schema);
    return current;
  };
}
