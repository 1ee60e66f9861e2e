import { randomUUID } from "node:crypto";
import { PlatformError } from "../contract";
import { type Answer, type Request, Transport } from "../http/transport";
import type { Credentials } from "./credentials";
import { readToken, type Token, tokenRequest } from "./token";

/** A token is renewed when it has less than this left. */
const marginMs = 60_000;

/** Names of the header by which Keystone, Nova, Neutron and Glance name a request. */
const requestIdHeaders = ["x-openstack-request-id", "x-compute-request-id"];

/**
 * Milliseconds for one try of a request. A service whose database is busy waits for a lock up to a minute and then
 * begins anew: who gives up before leaves behind what it makes after all.
 */
const patienceMs = 180_000;

/** The tokens of one user, a project each, and the connections to the services. */
export class Session {
  private readonly tokens = new Map<string, Promise<Token>>();
  private readonly transports = new Map<string, Transport>();
  /** Names this run in the logs of every service. */
  private readonly globalRequestId = `req-${randomUUID()}`;

  constructor(
    readonly credentials: Credentials,
    private readonly timeoutMs = patienceMs,
  ) {}

  /**
   * A token that is good for a while, asked for once and renewed before its end.
   * @param projectId undefined for the project of the credentials
   * @throws PlatformError `unauthenticated`
   */
  async token(projectId?: string): Promise<Token> {
    const key = projectId ?? "";
    const known = this.tokens.get(key);
    if (known) {
      const token = await known;
      if (token.expiresAt - Date.now() > marginMs) return token;
      this.forget(key, known);
    }
    const pending = this.tokens.get(key) ?? this.ask(projectId);
    this.tokens.set(key, pending);
    pending.catch(() => this.forget(key, pending));
    return pending;
  }

  /** Forgets a token that a service did not accept, unless another has taken its place. */
  async reject(projectId: string | undefined, token: Token): Promise<void> {
    const known = this.tokens.get(projectId ?? "");
    if (known && (await known.catch(() => undefined)) === token) this.forget(projectId ?? "", known);
  }

  /** Sends a request to a service. @throws PlatformError `unreachable` when no answer came */
  send(baseUrl: string, request: Request): Promise<Answer> {
    const known = this.transports.get(baseUrl);
    if (known) return known.send(request);
    const { source, ca } = this.credentials;
    const transport = new Transport({
      baseUrl,
      baseUrlSource: source,
      headers: { accept: "application/json", "x-openstack-request-id": this.globalRequestId },
      ca,
      caSetting: "the cloud's cacert, or OS_CACERT",
      requestIdHeaders,
      timeoutMs: this.timeoutMs,
    });
    this.transports.set(baseUrl, transport);
    return transport.send(request);
  }

  private forget(key: string, token: Promise<Token>): void {
    if (this.tokens.get(key) === token) this.tokens.delete(key);
  }

  private async ask(projectId: string | undefined): Promise<Token> {
    const { credentials } = this;
    const answer = await this.send(credentials.authUrl, {
      method: "POST",
      path: "/auth/tokens",
      body: tokenRequest(credentials, projectId === undefined ? undefined : { id: projectId }),
      repeatable: true,
    });
    if (answer.status === 201)
      return readToken(answer.headers["x-subject-token"], answer.body, credentials.source);
    throw refusal(answer, credentials);
  }
}

/** Keystone does not say more than that it refuses: what it says is the same for each wrong part. */
function refusal(
  { status, body, requestId }: Answer,
  { source, authUrl, proof, project }: Credentials,
): PlatformError {
  const context = requestId === undefined ? {} : { requestId };
  const said = (body as { error?: { message?: unknown } } | null)?.error?.message;
  if (status !== 401 && status !== 403) {
    return new PlatformError(
      status < 500 ? "invalid_argument" : "unreachable",
      `${authUrl} (set by ${source}) answered the request for a token with HTTP ${status}${typeof said === "string" ? `: ${said}` : ""}. Is it Keystone's URL?`,
      context,
    );
  }
  const who =
    proof.method === "password"
      ? `user ${labelOf(proof.user)} and its password`
      : proof.method === "token"
        ? "the token"
        : "the application credential and its secret";
  const where = project ? `, for project ${labelOf(project)}` : "";
  return new PlatformError(
    "unauthenticated",
    `Keystone does not accept ${who}${where} (from ${source}).`,
    context,
  );
}

const labelOf = (reference: { readonly id: string } | { readonly name: string }): string =>
  "id" in reference ? reference.id : JSON.stringify(reference.name);
