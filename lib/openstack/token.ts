import { PlatformError } from "../contract";
import type { CatalogueService, Credentials, InDomain, Proof } from "./credentials";

/** A token of a project, and what came with it. */
export interface Token {
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly projectId: string;
  readonly projectName: string;
  /** Domain of the project. */
  readonly domainId: string;
  readonly userId: string;
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  readonly catalogue: readonly CatalogueEntry[];
}

interface CatalogueEntry {
  readonly type: string;
  readonly endpoints: readonly {
    readonly interface: string;
    readonly region_id: string;
    readonly url: string;
  }[];
}

/**
 * What `POST /v3/auth/tokens` is sent. An application credential has its project, and takes no other.
 * @param project another project than the credentials' own
 */
export function tokenRequest(
  { proof, project: own }: Credentials,
  project: InDomain | undefined = own,
): object {
  const scope = project && proof.method !== "application_credential" ? { scope: { project } } : {};
  return { auth: { identity: { methods: [proof.method], ...identity(proof) }, ...scope } };
}

function identity(proof: Proof): object {
  switch (proof.method) {
    case "password":
      return { password: { user: { ...proof.user, password: proof.password } } };
    case "application_credential":
      return { application_credential: { ...proof.credential, secret: proof.secret } };
    case "token":
      return { token: { id: proof.token } };
  }
}

interface TokenBody {
  readonly token?: {
    readonly expires_at: string;
    readonly project?: {
      readonly id: string;
      readonly name: string;
      readonly domain: { readonly id: string };
    };
    readonly user: { readonly id: string };
    readonly roles?: readonly { readonly id: string; readonly name: string }[];
    readonly catalog?: readonly CatalogueEntry[];
  };
}

/** What Keystone answered. @throws PlatformError when the token is of no project */
export function readToken(secret: string | undefined, body: unknown, source: string): Token {
  const { token } = body as TokenBody;
  if (!secret || !token?.project) {
    throw new PlatformError(
      "unauthenticated",
      `The token of ${source} is of no project; project_name or project_id says which one.`,
    );
  }
  return {
    secret,
    expiresAt: Date.parse(token.expires_at),
    projectId: token.project.id,
    projectName: token.project.name,
    domainId: token.project.domain.id,
    userId: token.user.id,
    roles: token.roles ?? [],
    catalogue: token.catalog ?? [],
  };
}

/** The version of each API, as the first step of its paths. */
const versions: Readonly<Record<CatalogueService, string>> = {
  compute: "v2.1",
  network: "v2.0",
  image: "v2",
};

/**
 * The URL that a service's paths start from, its version included: catalogues name some services with their
 * version, some without, and Nova in some clouds with the project.
 * @throws PlatformError when the catalogue has none for the region and interface
 */
export function endpointOf(
  { catalogue }: Token,
  service: CatalogueService,
  credentials: Pick<Credentials, "region" | "interface" | "source" | "endpoints">,
): string {
  const elsewhere = credentials.endpoints[service];
  if (elsewhere !== undefined) return withVersion(elsewhere, service);
  const entries = catalogue.filter(({ type }) => type === service).flatMap(({ endpoints }) => endpoints);
  const offered = entries.filter((endpoint) => endpoint.interface === credentials.interface);
  const fitting = offered.filter(({ region_id }) => [undefined, region_id].includes(credentials.region));
  const regions = [...new Set(offered.map(({ region_id }) => region_id))];
  const [endpoint] = fitting;
  if (!endpoint || (credentials.region === undefined && regions.length > 1)) {
    const asked =
      credentials.region === undefined
        ? "no region is named"
        : `there is none in region ${JSON.stringify(credentials.region)}`;
    throw new PlatformError(
      "invalid_argument",
      `Of the ${credentials.interface} endpoints for ${service} that ${credentials.source} shows, ${asked}; ` +
        `the regions are ${regions.join(", ") || "none"}. Set region in the openstack block, region_name in clouds.yaml, or OS_REGION_NAME.`,
      { field: "/openstack" },
    );
  }
  return withVersion(endpoint.url, service);
}

function withVersion(written: string, service: CatalogueService): string {
  const url = written.replace(/\/+$/, "");
  return /\/v\d+(\.\d+)?(\/[^/]+)?$/.test(url) ? url : `${url}/${versions[service]}`;
}
