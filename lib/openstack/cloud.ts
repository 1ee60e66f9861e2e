/** A part of OpenStack that has an API of its own. */
export type Service = "identity" | "compute" | "network" | "image";

/** How a request is sent. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a request may bring beyond its path. */
export interface CloudRequestOptions {
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends pauses and reads at once; a change that a service has begun is waited for. */
  readonly signal?: AbortSignal | undefined;
  /** Whether doing it twice is the same as doing it once. @default true for all but POST and PATCH */
  readonly repeatable?: boolean;
}

/** One Keystone project as the APIs of OpenStack show it: every request bears a token of that project. */
export interface Cloud {
  readonly projectId: string;
  /**
   * Sends a request and gives the answer's body. The path has no version: `/servers`.
   * @throws CloudError when the answer is no success; PlatformError `unreachable` when there is none
   */
  request<T>(service: Service, method: Method, path: string, options?: CloudRequestOptions): Promise<T>;
  /**
   * A whole list, page after page.
   * @param key what the list is called in the answer: `servers`
   */
  list<T extends { readonly id: string }>(
    service: Service,
    path: string,
    key: string,
    query?: object,
    options?: Pick<CloudRequestOptions, "signal">,
  ): Promise<T[]>;
}

/** An answer of OpenStack that is no success, in its own words. */
export class CloudError extends Error {
  override readonly name = "CloudError";
  constructor(
    readonly service: Service,
    readonly status: number,
    message: string,
    /** The request as OpenStack logged it. */
    readonly requestId: string | undefined,
    /** Neutron's name for what went wrong: `OverQuota`. */
    readonly type?: string,
  ) {
    super(message);
  }
}

/** Whether an error is an answer of OpenStack with one of these statuses. */
export function isAnswer(error: unknown, ...statuses: readonly number[]): error is CloudError {
  return error instanceof CloudError && statuses.includes(error.status);
}
