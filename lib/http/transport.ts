import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { PlatformError } from "../contract";
import { distrust } from "./distrust";
import { requestIdHeader } from "./routes";

/** One request to an API. */
export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends everything at once. */
  readonly signal?: AbortSignal | undefined;
  /** Ends pauses and further tries, never a try under way: what a server has begun to do is worth its answer. */
  readonly patience?: AbortSignal | undefined;
  /** Doing it twice is the same as doing it once, so it may be sent again when its fate is not known. */
  readonly repeatable: boolean;
}

/** An answer, whatever its status, and how many tries it took. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
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
  /** Certificates, in PEM, that the server's has to descend from. @default those that Node trusts */
  readonly ca?: string | undefined;
  /** Where `ca` is set, for messages: `FAIRLEAD_CA_FILE`. */
  readonly caSetting: string;
  /** Headers of answers that name the request, the first one that is there. @default x-request-id */
  readonly requestIdHeaders?: readonly string[];
}

const maxTries = 4;
const firstPauseMs = 100;
const longestPauseMs = 30_000;
/** Some servers keep idle connections for a quarter of an hour, and have room for a hundred of them. */
const idleMs = 4_000;
const busyStatuses = new Set([429, 502, 503, 504]);
/** Nothing of the request has reached a server, so even an unrepeatable one may be sent again. */
const notSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** Sends requests; retries what is safe to retry, with growing pauses, and honours Retry-After. */
export class Transport {
  private readonly client: AxiosInstance;

  constructor(private readonly options: TransportOptions) {
    // Of an agent, the time-out is how long a connection may be idle; a request under way has its own.
    const agent = { keepAlive: true, timeout: idleMs };
    this.client = axios.create({
      baseURL: options.baseUrl,
      headers: { ...options.headers },
      timeout: options.timeoutMs ?? 60_000,
      validateStatus: () => true,
      maxRedirects: 0,
      // Proxies are for the internet; platforms are inside. Node would otherwise send the token there.
      proxy: false,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent({ ...agent, ...(options.ca ? { ca: options.ca } : {}) }),
    });
  }

  /** @throws PlatformError `unreachable` when no answer came */
  async send(request: Request): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const outcome = await this.attempt(request);
      if ("response" in outcome) {
        const { response } = outcome;
        const mayRetry = busyStatuses.has(response.status) && (request.repeatable || response.status === 429);
        if (!mayRetry || tries >= maxTries || isCancelled(request)) {
          const headers = textHeaders(response);
          const names = this.options.requestIdHeaders ?? [requestIdHeader];
          return {
            status: response.status,
            body: response.data,
            headers,
            requestId: names.map((name) => headers[name]).find((id) => id !== undefined),
            tries,
          };
        }
        await this.pause(tries, request, response.headers["retry-after"]);
      } else {
        // A certificate does not get better by trying again.
        if (outcome.distrust !== undefined) throw this.unreachable(outcome.distrust, request);
        const mayRetry = request.repeatable || notSent.has(outcome.code);
        if (!mayRetry || tries >= maxTries || isCancelled(request))
          throw this.unreachable(outcome.code, request);
        await this.pause(tries, request, undefined);
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
  }: Request): Promise<{ response: AxiosResponse } | { code: string; distrust: string | undefined }> {
    try {
      const response = await this.client.request({
        method,
        url: path,
        params: query,
        // As text: axios would leave out keys of an object that it holds for dangerous.
        ...(body === undefined ? {} : { data: JSON.stringify(body) }),
        headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(signal ? { signal } : {}),
      });
      return { response };
    } catch (error) {
      // Only the code leaves: an AxiosError carries the request's headers, and the token with them.
      if (!axios.isAxiosError(error)) throw error;
      const code = error.code ?? "no answer";
      return { code, distrust: distrust(code, error.cause, this.options) };
    }
  }

  private async pause(tries: number, request: Request, retryAfter: unknown): Promise<void> {
    // Jitter keeps many clients from coming back at the same moment.
    const grown = firstPauseMs * 3 ** (tries - 1) * (0.5 + Math.random());
    const wait = Math.min(millisecondsAsked(retryAfter) ?? grown, longestPauseMs);
    const signals = [request.signal, request.patience].filter((signal) => signal !== undefined);
    await sleep(wait, undefined, { signal: AbortSignal.any(signals) }).catch(() => {});
    if (isCancelled(request)) throw this.unreachable("cancelled", request);
  }

  private unreachable(code: string, request: Request): PlatformError {
    const { method, path } = request;
    const { baseUrl, baseUrlSource } = this.options;
    const reason = isCancelled(request) ? "cancelled" : code;
    return new PlatformError(
      "unreachable",
      `${method} ${path} got no answer from ${baseUrl} (set by ${baseUrlSource}): ${reason}.`,
      // Why the caller gave up, so that who reports it can tell a time limit and Ctrl-C from a platform that is gone.
      { details: { endpoint: baseUrl, reason }, cause: cancellation(request) },
    );
  }
}

/** Headers that an answer has once; the others are lists. */
function textHeaders({ headers }: AxiosResponse): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
const cancellation = ({ signal, patience }: Request): unknown => signal?.reason ?? patience?.reason;

const isCancelled = ({ signal, patience }: Request): boolean =>
  signal?.aborted === true || patience?.aborted === true;

/** Milliseconds of a Retry-After header, which holds seconds or a date; undefined where there is none. */
function millisecondsAsked(retryAfter: unknown): number | undefined {
  if (typeof retryAfter !== "string") return undefined;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
