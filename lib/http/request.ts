import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono, MiddlewareHandler } from "hono";
import { type Caller, type CallOptions, PlatformError } from "../contract";

export type { Context, Hono, MiddlewareHandler };

/** What a request carries through the server. */
export interface Env {
  Bindings: Partial<HttpBindings>;
  Variables: { requestId: string; caller: Caller };
}

/** Reads end when the client goes; a change that has begun does not. */
export function callOf(c: Context<Env>): Required<Pick<CallOptions, "signal" | "caller">> {
  return { signal: c.req.raw.signal, caller: c.get("caller") };
}

const largestBody = 1024 * 1024;

/** The body as a JSON object. @throws PlatformError `malformed_request` */
export async function readBody(c: Context<Env>): Promise<object> {
  const text = await (c.env.incoming ? textOf(c.env.incoming) : c.req.text()).catch((error: unknown) => {
    if (!(error instanceof PlatformError))
      throw new PlatformError("malformed_request", "The body did not arrive as a whole.", { cause: error });
    // The rest of the body is not read, so the connection is of no more use.
    c.header("connection", "close");
    throw error;
  });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    // Not what the parser says: it repeats a part of the body, which may hold a secret.
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const where = position === undefined ? "" : `, from character ${position} on`;
    throw new PlatformError("malformed_request", `The body is not JSON${where}.`);
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw new PlatformError("malformed_request", "The body is JSON, but not an object.");
}

/** Answers every other method of a path. */
export function methodNotAllowed(allowed: string): (c: Context<Env>) => never {
  return (c) => {
    c.header("allow", allowed);
    throw new PlatformError(
      "method_not_allowed",
      `${c.req.method} is not possible at ${c.req.path}; ${allowed} is.`,
    );
  };
}

/** Read from Node itself: the stream of a web request takes longer than all the rest that a request is handled by. */
function textOf(incoming: NonNullable<Env["Bindings"]["incoming"]>): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = (): void => {
      incoming.pause().off("data", take);
      reject(new PlatformError("malformed_request", `The body is larger than ${largestBody} bytes.`));
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > largestBody) tooLarge();
      else chunks.push(chunk);
    };
    if (Number(incoming.headers["content-length"]) > largestBody) {
      tooLarge();
      return;
    }
    incoming
      .on("data", take)
      // Each of them comes once.
      .on("end", () => resolve(Buffer.concat(chunks).toString("utf8")))
      .on("error", reject)
      // It comes behind every end, too, and an error takes its time to be made.
      .on("close", () => incoming.complete || reject(new Error("the connection was closed")));
  });
}
