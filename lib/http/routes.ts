/** The names that both ends of the wire agree on. */

/** Prefix of every collection: `/v1/port-forwards`. */
export const apiPrefix = "/v1";

/** Where a platform says what it is and can do. */
export const platformPath = `${apiPrefix}/platform`;

/** Where a platform says in one answer what there is on it. */
export const overviewPath = `${apiPrefix}/overview`;

/** Where a process says that it is alive. */
export const healthPath = "/health";

/** Where a platform says whether it serves. */
export const readyPath = "/ready";

/** Where a platform tells Prometheus what its forwards carry. */
export const metricsPath = "/metrics";

/** Header that makes a create repeatable. */
export const idempotencyKeyHeader = "idempotency-key";

/** Header that names a request in answers, messages and logs. */
export const requestIdHeader = "x-request-id";

/** A revision as an entity tag: `"3"`. */
export const etagOf = (revision: number): string => `"${revision}"`;

/** The revision in an entity tag; undefined for anything else. */
export function revisionOf(etag: string): number | undefined {
  const match = /^"(\d{1,15})"$/.exec(etag.trim());
  return match ? Number(match[1]) : undefined;
}

/** Where the API describes itself. */
export const openApiPath = "/openapi.json";
