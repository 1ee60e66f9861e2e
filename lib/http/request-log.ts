import type { Logger, LogLevel } from "../log";

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** Still encoded: decoded, it could write lines of its own. */
  readonly path: string;
  readonly status: number;
  /** Milliseconds from its head to its answer. */
  readonly ms: number;
  readonly requestId: string;
  /** Whose it was, as the log calls them; undefined before that is known. */
  readonly caller?: string | undefined;
  /** Address that it came from. */
  readonly remote?: string | undefined;
}

/** Writes a line of a request, `request` with the facts as fields. */
export function logRequest(log: Logger, { ms, ...request }: AnsweredRequest): void {
  log[levelOf(request)]("request", { ...request, ms: Number(ms.toFixed(1)) });
}

/** A change is worth a line; who only reads is of interest while something is looked for. */
function levelOf({ method, status }: Pick<AnsweredRequest, "method" | "status">): LogLevel {
  if (status >= 500) return "error";
  return method === "GET" || method === "HEAD" ? "debug" : "info";
}
