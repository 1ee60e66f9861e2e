import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { PlatformError } from "../contract";
import { requestIdHeader } from "./routes";

/** One request to an API. */
export interface Request {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Doing it twice is the same as doing it once, so it may be sent again when its fate is not known. */
  readonly repeatable: boolean;
}

/** An answer, whatever its status, and how many tries it took. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string | undefined;
  readonly tries: number;
}

/** Where and how requests are sent. */
export interface TransportOptions {
  readonly baseUrl: string;
  /** Who named the URL, for messages: `FAIRLEAD_ENDPOINT`. */
  readonly baseUrlSource: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for one try. @default 60,000 */
  readonly timeoutMs?: number;
}

const maxTries = 4;
const firstPauseMs = 100;
const longestPauseMs = 30_000;
const busyStatuses = new Set([429, 502, 503, 504]);
/** Nothing of the request has reached a server, so even an unrepeatable one may be sent again. */
const notSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** Sends requests; retries what is safe to retry, with growing pauses, and honours Retry-After. */
export class Transport {
  private readonly client: AxiosInstance;

  constructor(private readonly options: TransportOptions) {
    this.client = axios.create({
      baseURL: options.baseUrl,
      headers: { ...options.headers },
      timeout: options.timeoutMs ?? 60_000,
      validateStatus: () => true,
      maxRedirects: 0,
      // Proxies are for the internet; platforms are inside. Node would otherwise send the token there.
      proxy: false,
      httpAgent: new HttpAgent({ keepAlive: true }),
      httpsAgent: new HttpsAgent({ keepAlive: true }),
    });
  }

  /** @throws PlatformError `unreachable` when no answer came */
  async send(request: Request): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const outcome = await this.attempt(request);
      if ("response" in outcome) {
        const { response } = outcome;
        const mayRetry = busyStatuses.has(response.status) && (request.repeatable || response.status === 429);
        if (!mayRetry || tries >= maxTries) {
          const requestId = response.headers[requestIdHeader];
          return {
            status: response.status,
            body: response.data,
            requestId: typeof requestId === "string" ? requestId : undefined,
            tries,
          };
        }
        await this.pause(tries, request.signal, response.headers["retry-after"]);
      } else {
        const mayRetry = request.repeatable || notSent.has(outcome.code);
        if (!mayRetry || tries >= maxTries || request.signal?.aborted)
          throw this.unreachable(outcome.code, request);
        await this.pause(tries, request.signal, undefined);
      }
    }
  }

  private async attempt({
    method,
    path,
    query,
    body,
    headers,
    signal,
  }: Request): Promise<{ response: AxiosResponse } | { code: string }> {
    try {
      const response = await this.client.request({
        method,
        url: path,
        params: query,
        ...(body === undefined ? {} : { data: body }),
        ...(headers ? { headers: { ...headers } } : {}),
        ...(signal ? { signal } : {}),
      });
      return { response };
    } catch (error) {
      // Only the code leaves: an AxiosError carries the request's headers, and the token with them.
      if (!axios.isAxiosError(error)) throw error;
      return { code: error.code ?? "no answer" };
    }
  }

  private async pause(tries: number, signal: AbortSignal | undefined, retryAfter: unknown): Promise<void> {
    const grown = firstPauseMs * 3 ** (tries - 1);
    const asked = typeof retryAfter === "string" ? Number(retryAfter) * 1000 : Number.NaN;
    // Jitter keeps many clients from coming back at the same moment.
    const wait = Number.isFinite(asked) ? asked : grown * (0.5 + Math.random());
    await sleep(Math.min(wait, longestPauseMs), undefined, signal ? { signal } : {}).catch(() => {});
  }

  private unreachable(code: string, { method, path, signal }: Request): PlatformError {
    const { baseUrl, baseUrlSource } = this.options;
    const reason = signal?.aborted ? "cancelled" : code;
    return new PlatformError(
      "unreachable",
      `${method} ${path} got no answer from ${baseUrl} (set by ${baseUrlSource}): ${reason}.`,
      { details: { endpoint: baseUrl, reason } },
    );
  }
}
