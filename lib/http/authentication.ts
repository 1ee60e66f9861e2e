import { timingSafeEqual } from "node:crypto";
import { administrator, type Caller, PlatformError } from "../contract";
import { type RateLimit, RateLimiter } from "./rate-limit";
import type { Env, MiddlewareHandler } from "./request";

/** Whose a bearer token is; undefined where nobody's. May throw a PlatformError `unauthenticated`. */
export type Authenticate = (token: string) => Pick<Caller, "id" | "name" | "role" | "projectId"> | undefined;

/** Lets in who has a token that is known, and notes whose it is. */
export function authenticated(token: string, callerOf: Authenticate): MiddlewareHandler<Env> {
  const expected = Buffer.from(token);
  return async (c, next) => {
    const given = /^Bearer +(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (given === undefined) {
      throw new PlatformError("unauthenticated", "The request carries no bearer token.");
    }
    const known = isSame(given, expected) ? administrator : callerOf(given);
    if (!known) throw new PlatformError("unauthenticated", "The platform does not know the bearer token.");
    const address = c.env.incoming?.socket.remoteAddress ?? null;
    c.set("caller", { ...known, address, requestId: c.get("requestId") });
    await next();
  };
}

/** A project's admin makes as many tokens as he likes: together they may ask for as much as so many. */
const tokensPerProject = 4;

/** Refuses a token that asks for too much, and those of a project that do so together. */
export function rateLimited({ perSecond, burst }: RateLimit): MiddlewareHandler<Env> {
  const tokens = new RateLimiter({ perSecond, burst });
  const projects = new RateLimiter({
    perSecond: tokensPerProject * perSecond,
    burst: tokensPerProject * burst,
  });
  return async (c, next) => {
    const { id, projectId } = c.get("caller");
    const own = tokens.take(id);
    const seconds = own === 0 && projectId !== null ? projects.take(projectId) : own;
    if (seconds === 0) return next();
    // Whole seconds are all that the header knows.
    const retryAfter = Math.ceil(seconds);
    c.header("retry-after", String(retryAfter));
    throw new PlatformError(
      "too_many_requests",
      `${own === 0 ? "The project's tokens have" : "The token has"} been used for too many requests; try again in ${retryAfter} s.`,
      { details: { retryAfter } },
    );
  };
}

/** In a time that tells nothing of what is expected: as much is compared, whatever was given. */
function isSame(given: string, expected: Buffer): boolean {
  const bytes = Buffer.alloc(expected.length);
  bytes.write(given);
  return timingSafeEqual(bytes, expected) && Buffer.byteLength(given) === expected.length;
}
