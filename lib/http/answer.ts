import type * as z from "zod";
import { PlatformError, problemsOf } from "../contract";
import { fromProblem } from "./problem";
import type { Answer, Request, Transport } from "./transport";

/** Sends a request. @throws PlatformError when the answer is no success */
export async function succeed(transport: Transport, request: Request): Promise<Answer> {
  return check(await transport.send(request), request);
}

/** @throws PlatformError what the answer says is wrong */
export function check(answer: Answer, { method, path }: Request): Answer {
  if (answer.status < 300) return answer;
  throw (
    fromProblem(answer.body) ??
    new PlatformError(
      answer.status < 500 ? "internal" : "unreachable",
      `${method} ${path} was answered with HTTP ${answer.status} and no problem document; is the endpoint a Fairlead platform?`,
      answer.requestId === undefined ? {} : { requestId: answer.requestId },
    )
  );
}

/** Reads a body by a schema. @throws PlatformError `internal` when it is something else */
export function read(schema: z.ZodType, body: unknown, noun: string): unknown {
  // Not as what is sent is read: a list of a platform is as long as it is.
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = problemsOf(schema, body).map(({ message }) => message);
  throw misfit(`a ${noun}`, problems.join(" "));
}

/** An answer that is not what the API promises. */
export function misfit(what: string, why: string): PlatformError {
  return new PlatformError("internal", `The platform's answer is not ${what}: ${why}`);
}
