import * as z from "zod";
import { type ErrorCode, errors, PlatformError } from "../contract";

/** Content type of an error's body (RFC 9457). */
export const problemType = "application/problem+json";

/** An error on the wire: RFC 9457 problem details with the catalogue's code, the field and the request's id. */
export const Problem = z.object({
  type: z.string().describe("urn:fairlead:error: and the code."),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("What was given and what is allowed."),
  code: z.string().describe("Code of the error catalogue."),
  hint: z.string().describe("The next step."),
  field: z.string().optional().describe("JSON pointer to the field at fault."),
  requestId: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional().describe("Facts for programs."),
});
export type Problem = z.output<typeof Problem>;

/** An error as it is sent. */
export function toProblem(error: PlatformError, requestId: string): Problem {
  const { code, title, status, message, hint, field, details } = error;
  return {
    type: `urn:fairlead:error:${code}`,
    title,
    status,
    detail: message,
    code,
    hint,
    requestId,
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { details }),
  };
}

/** An error as it was received; undefined when the body is no problem of ours. */
export function fromProblem(body: unknown): PlatformError | undefined {
  const parsed = Problem.safeParse(body);
  if (!parsed.success) return undefined;
  const { code, detail, field, details, requestId, status } = parsed.data;
  // A newer platform may know more codes; its message still says what is wrong.
  const known: ErrorCode = Object.hasOwn(errors, code)
    ? (code as ErrorCode)
    : status < 500
      ? "invalid_argument"
      : "internal";
  return new PlatformError(known, detail, {
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { details }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}
