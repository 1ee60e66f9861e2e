import { PlatformError } from "../contract";
import type { Answer } from "../http/transport";
import { type Cloud, CloudError, type CloudRequestOptions, type Method, type Service } from "./cloud";
import type { Session } from "./session";
import { endpointOf, type Token } from "./token";
import { Vanguard } from "./vanguard";

/** The newest microversion of Nova that is used: 2.90 lets a server's host name change. */
const newestCompute = 90;

/** How many times a list is begun anew that was cut short. */
const mostLists = 4;

/** What a refused token of a scope is made into. */
type Lost = (refused: PlatformError) => PlatformError | Promise<PlatformError>;

async function tokenOf(session: Session, scope: string | undefined, lost: Lost): Promise<Token> {
  try {
    return await session.token(scope);
  } catch (error) {
    const refused = scope !== undefined && error instanceof PlatformError && error.code === "unauthenticated";
    throw refused ? await lost(error) : error;
  }
}

/** A cloud that a project's token opens. */
export class ScopedCloud implements Cloud {
  /** The microversion of Nova in use: lower where the cloud is older. */
  private computeVersion = newestCompute;
  private readonly firsts = new Map<Service, Vanguard>();
  /** The lists that were asked for in this turn of the event loop: who asks now asks no later. */
  private readonly asked = new Map<
    string,
    { readonly signal: AbortSignal | undefined; readonly list: Promise<readonly unknown[]> }
  >();

  private constructor(
    private readonly session: Session,
    readonly projectId: string,
    /** What the token is asked for; undefined: the project of the credentials. */
    private readonly scope: string | undefined,
    private readonly lost: Lost,
  ) {}

  /**
   * @param lost what to reject with when Keystone gives no token for the scope
   * @throws PlatformError `unauthenticated` when it gives none for the credentials
   */
  static async open(session: Session, scope?: string, lost: Lost = (error) => error): Promise<ScopedCloud> {
    const { projectId } = await tokenOf(session, scope, lost);
    return new ScopedCloud(session, projectId, scope, lost);
  }

  /** The token as it is now, for what it says of user and roles. */
  token(): Promise<Token> {
    return tokenOf(this.session, this.scope, this.lost);
  }

  async request<T>(
    service: Service,
    method: Method,
    path: string,
    options: CloudRequestOptions = {},
  ): Promise<T> {
    const answer = await this.behindFirst(service, method, options.signal, () =>
      this.send(service, method, path, options),
    );
    if (answer.status < 300) return answer.body as T;
    throw errorOf(service, answer);
  }

  async list<T extends { readonly id: string }>(
    service: Service,
    path: string,
    key: string,
    query: object = {},
    { signal }: Pick<CloudRequestOptions, "signal"> = {},
  ): Promise<T[]> {
    const first = `${path}${queryText(query)}`;
    const what = `${service} ${first}`;
    const known = this.asked.get(what);
    if (known && known.signal === signal) return [...(await known.list)] as T[];
    const list = this.whole<T>(service, path, key, first, signal);
    this.asked.set(what, { signal, list });
    setImmediate(() => this.asked.delete(what));
    return [...(await list)];
  }

  /** A list that is whole: one that was cut short is begun anew. @throws PlatformError `unreachable` */
  private async whole<T extends { readonly id: string }>(
    service: Service,
    path: string,
    key: string,
    first: string,
    signal: AbortSignal | undefined,
  ): Promise<T[]> {
    for (let tries = 0; tries < mostLists; tries++) {
      const all = await this.pages<T>(service, path, key, first, signal);
      if (all) return all;
    }
    throw new PlatformError(
      "unreachable",
      `The ${service} service of OpenStack did not list ${key} to the end in ${mostLists} tries: ` +
        "what a page ended with was deleted each time before the next page was asked for.",
    );
  }

  /** A list, page after page; undefined where it began anew before its end. */
  private async pages<T extends { readonly id: string }>(
    service: Service,
    path: string,
    key: string,
    first: string,
    signal: AbortSignal | undefined,
  ): Promise<T[] | undefined> {
    const found = new Map<string, T>();
    const seen = new Set<string>();
    let next: string | undefined = first;
    while (next !== undefined) {
      const page: Record<string, unknown> = await this.request(service, "GET", next, { signal });
      const items = (page[key] ?? []) as T[];
      const before = found.size;
      for (const item of items) found.set(item.id, item);
      seen.add(next);
      next = items.length === 0 ? undefined : nextOf(page, key, path);
      // Where the marker was deleted meanwhile, Neutron begins anew: what was to come is not in the list.
      const isAnew = items.length > 0 && found.size === before;
      if (isAnew || (next !== undefined && seen.has(next))) return undefined;
    }
    return [...found.values()];
  }

  /**
   * A service has Keystone look at a token that is new to it, once for each request that comes meanwhile, and Keystone
   * takes longer for that than most answers take: the first question to a service goes ahead of all others.
   */
  private async behindFirst(
    service: Service,
    method: Method,
    signal: AbortSignal | undefined,
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    const first = this.firsts.get(service);
    if (first) await first.within(signal);
    else if (method === "GET" && service !== "identity") {
      const answer = send();
      this.firsts.set(service, new Vanguard(answer));
      return answer;
    }
    return send();
  }

  private async send(
    service: Service,
    method: Method,
    path: string,
    options: CloudRequestOptions,
  ): Promise<Answer> {
    for (let renewed = false, negotiated = false; ; ) {
      const token = await this.token();
      const { credentials } = this.session;
      const baseUrl = service === "identity" ? credentials.authUrl : endpointOf(token, service, credentials);
      const answer = await this.session.send(baseUrl, {
        method,
        path: `${path}${queryText(options.query ?? {})}`,
        body: options.body,
        headers: {
          "x-auth-token": token.secret,
          ...(service === "compute" ? { "openstack-api-version": `compute 2.${this.computeVersion}` } : {}),
          ...options.headers,
        },
        // A change that a service has begun is worth its answer.
        ...(method === "GET" ? { signal: options.signal } : { patience: options.signal }),
        repeatable: options.repeatable ?? (method !== "POST" && method !== "PATCH"),
      });
      if (answer.status === 401 && !renewed) {
        // Revoked, or expired by the service's clock; nothing was done.
        renewed = true;
        await this.session.reject(this.scope, token);
      } else if (answer.status === 406 && service === "compute" && !negotiated) {
        negotiated = true;
        this.computeVersion = newestOf(answer.body);
      } else {
        return answer;
      }
    }
  }
}

/** The newest microversion that a cloud names when it refuses a newer one. */
function newestOf(body: unknown): number {
  const maximum = /maximum is 2\.(\d+)/.exec(JSON.stringify(body))?.[1];
  if (maximum === undefined)
    throw new PlatformError(
      "internal",
      "Nova does not accept the API version, and does not say which one it has.",
    );
  return Math.min(newestCompute, Number(maximum));
}

/** Where a list goes on, as a path without version; undefined on its last page. */
function nextOf(page: Readonly<Record<string, unknown>>, key: string, path: string): string | undefined {
  const links = (page[`${key}_links`] ?? []) as readonly { readonly rel: string; readonly href: string }[];
  const link = links.find(({ rel }) => rel === "next")?.href ?? page.next;
  if (typeof link !== "string") return undefined;
  // Only the query counts: behind proxies, hosts and prefixes in links are often wrong.
  const query = link.slice(link.indexOf("?"));
  return `${path}${query}`;
}

/** A query as Neutron and Nova read it: a parameter with several values is there several times. */
function queryText(query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, `${one}`);
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** An answer in OpenStack's own words; each service wraps them in another way. */
function errorOf(service: Service, { status, body, requestId }: Answer): CloudError {
  const parts = typeof body === "object" && body !== null ? Object.values(body) : [];
  const inner = parts.find(
    (part): part is { message: string; type?: unknown } => typeof part?.message === "string",
  );
  const plain =
    typeof body === "string"
      ? body
          .replace(/<[^>]*>/g, " ")
          .replace(/\s+/g, " ")
          .trim()
      : "";
  const message = inner?.message ?? (plain.slice(0, 300) || `HTTP ${status} without a reason`);
  return new CloudError(
    service,
    status,
    message,
    requestId,
    typeof inner?.type === "string" ? inner.type : undefined,
  );
}
