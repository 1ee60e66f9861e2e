import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { PlatformError } from "../contract";
import type { Service } from "./cloud";
import { cloudsFileEntry } from "./clouds-file";

/** A service that the cloud's catalogue tells where to find. */
export type CatalogueService = Exclude<Service, "identity">;

/** A user, project or domain by id, or by name. */
export type Reference = { readonly id: string } | { readonly name: string };

/** A name that means something in a domain only, unless there is an id. */
export type InDomain = { readonly id: string } | { readonly name: string; readonly domain: Reference };

/** How Keystone is told who is there. */
export type Proof =
  | { readonly method: "password"; readonly user: InDomain; readonly password: string }
  | {
      readonly method: "application_credential";
      readonly credential: { readonly id: string } | { readonly name: string; readonly user: InDomain };
      readonly secret: string;
    }
  | { readonly method: "token"; readonly token: string };

/** What is needed to get a token, and where to go with it. */
export interface Credentials {
  /** Whose they are, for messages: `the cloud "lab" of /etc/openstack/clouds.yaml`. */
  readonly source: string;
  /** URL of Keystone's version 3. */
  readonly authUrl: string;
  readonly proof: Proof;
  /** The project of the token; undefined with an application credential, which has its own. */
  readonly project: InDomain | undefined;
  readonly region: string | undefined;
  readonly interface: "public" | "internal" | "admin";
  /** URLs of services that are reached elsewhere than the cloud's catalogue says: `network_endpoint_override`. */
  readonly endpoints: Readonly<Partial<Record<CatalogueService, string>>>;
  /** Certificates, in PEM, that the servers' have to descend from. */
  readonly ca: string | undefined;
}

/** What may be given explicitly; the rest comes from `clouds.yaml` and the `OS_*` variables. */
export interface CredentialArguments {
  /** Name of a cloud of `clouds.yaml`. @default OS_CLOUD; without it the other OS_* variables, or the only cloud of the file */
  readonly cloud?: string | undefined;
  /** @default what the cloud says, or OS_REGION_NAME */
  readonly region?: string | undefined;
}

/** The settings of one cloud, as `clouds.yaml` and the variables name them. */
export interface CloudEntry {
  readonly source: string;
  readonly auth: Readonly<Record<string, unknown>>;
  readonly [setting: string]: unknown;
}

/**
 * Finds the credentials as openstacksdk does.
 * @throws PlatformError `unauthenticated` that says what is missing or wrong, and where
 */
export function findCredentials(
  given: CredentialArguments = {},
  environment: NodeJS.ProcessEnv = process.env,
): Credentials {
  const name = given.cloud || environment.OS_CLOUD;
  const entry =
    name === undefined && environment.OS_AUTH_URL
      ? environmentEntry(environment)
      : cloudsFileEntry(name, environment);
  return credentialsOf(entry, given, environment);
}

/** The cloud that the OS_* variables describe. */
function environmentEntry(environment: NodeJS.ProcessEnv): CloudEntry {
  const settings: Record<string, string> = {};
  const auth: Record<string, string> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith("OS_") || !value) continue;
    const setting = variable.slice(3).toLowerCase();
    const isGeneral = generalSettings.has(setting) || setting.endsWith(overrideSuffix);
    (isGeneral ? settings : auth)[setting] = value;
  }
  return { source: "the OS_* variables", ...settings, auth };
}

const overrideSuffix = "_endpoint_override";

const generalSettings = new Set([
  "auth_type",
  "region_name",
  "interface",
  "endpoint_type",
  "cacert",
  "insecure",
]);

function credentialsOf(
  entry: CloudEntry,
  given: CredentialArguments,
  environment: NodeJS.ProcessEnv,
): Credentials {
  const { source } = entry;
  const authUrl = text(entry.auth.auth_url);
  if (!authUrl || !URL.canParse(authUrl)) {
    throw wrong(
      source,
      `auth_url is ${authUrl ? JSON.stringify(authUrl) : "missing"}; it is Keystone's URL, such as https://cloud.example.com:5000/v3.`,
    );
  }
  if (entry.verify === false || /^(0|false|no)$/i.test(text(entry.verify) ?? "") || isYes(entry.insecure)) {
    throw wrong(
      source,
      "the check of TLS certificates is turned off (verify or insecure), which would hand the password to anybody. " +
        "Name the cloud's CA file in cacert, or in OS_CACERT, instead.",
    );
  }
  const proof = proofOf(entry);
  return {
    source,
    authUrl: versionThree(authUrl),
    proof,
    project: proof.method === "application_credential" ? undefined : projectOf(entry),
    region: given.region ?? text(entry.region_name) ?? firstRegion(entry) ?? environment.OS_REGION_NAME,
    interface: interfaceOf(entry),
    endpoints: endpointsOf(entry),
    ca: certificates(source, text(entry.cacert) ?? environment.OS_CACERT),
  };
}

function proofOf({ source, auth, auth_type }: CloudEntry): Proof {
  const id = text(auth.application_credential_id);
  const secret = text(auth.application_credential_secret);
  const named = text(auth.application_credential_name);
  const type = text(auth_type) ?? (id || named ? "v3applicationcredential" : "password");
  switch (type.replace(/^v3/, "")) {
    case "applicationcredential":
      if (!secret)
        throw wrong(
          source,
          "application_credential_secret is missing; `openstack application credential create` shows it once.",
        );
      if (id) return { method: "application_credential", credential: { id }, secret };
      if (named)
        return {
          method: "application_credential",
          credential: { name: named, user: userOf(source, auth) },
          secret,
        };
      throw wrong(source, "application_credential_id is missing.");
    case "password": {
      const password = text(auth.password);
      if (!password)
        throw wrong(
          source,
          "password is missing. Write it in secure.yaml or set OS_PASSWORD, or use an application credential.",
        );
      return { method: "password", user: userOf(source, auth), password };
    }
    case "token": {
      const token = text(auth.token);
      if (!token) throw wrong(source, "token is missing.");
      return { method: "token", token };
    }
    default:
      throw wrong(
        source,
        `auth_type is ${JSON.stringify(type)}; password, v3applicationcredential and token are known. An application credential serves where people log in by other ways.`,
      );
  }
}

function userOf(source: string, auth: CloudEntry["auth"]): InDomain {
  const id = text(auth.user_id);
  if (id) return { id };
  const name = text(auth.username) ?? text(auth.user_name);
  if (!name) throw wrong(source, "username is missing.");
  return { name, domain: domainOf(auth, "user") };
}

function projectOf({ source, auth }: CloudEntry): InDomain {
  const id = text(auth.project_id) ?? text(auth.tenant_id);
  if (id) return { id };
  const name = text(auth.project_name) ?? text(auth.tenant_name);
  if (!name)
    throw wrong(
      source,
      "project_name is missing: forwards and instances belong to a project. `openstack project list` names yours.",
    );
  return { name, domain: domainOf(auth, "project") };
}

/** The domain of a user or project; Keystone's first domain has the id `default`. */
function domainOf(auth: CloudEntry["auth"], of: "user" | "project"): Reference {
  for (const prefix of [`${of}_domain`, "default_domain", "domain"]) {
    const id = text(auth[`${prefix}_id`]);
    if (id) return { id };
    const name = text(auth[`${prefix}_name`]);
    if (name) return { name };
  }
  return { id: "default" };
}

function interfaceOf({ source, interface: named, endpoint_type }: CloudEntry): Credentials["interface"] {
  const written = text(named) ?? text(endpoint_type) ?? "public";
  const found = (["public", "internal", "admin"] as const).find(
    (kind) => written.replace(/URL$/, "") === kind,
  );
  if (!found)
    throw wrong(source, `interface is ${JSON.stringify(written)}; it is public, internal or admin.`);
  return found;
}

function endpointsOf(entry: CloudEntry): Credentials["endpoints"] {
  const endpoints: Partial<Record<CatalogueService, string>> = {};
  for (const service of ["compute", "network", "image"] as const) {
    const setting = `${service}${overrideSuffix}`;
    const url = text(entry[setting]);
    if (url === undefined) continue;
    if (!URL.canParse(url))
      throw wrong(entry.source, `${setting} is ${JSON.stringify(url)}, but has to be the URL of a service.`);
    endpoints[service] = url;
  }
  return endpoints;
}

function firstRegion({ regions }: CloudEntry): string | undefined {
  const first: unknown = Array.isArray(regions) ? regions[0] : undefined;
  return text(first) ?? text((first as { name?: unknown } | undefined)?.name);
}

/** Keystone's version 3 of a URL that may name no version, or an old one. */
function versionThree(url: string): string {
  return `${url.replace(/\/+$/, "").replace(/\/v\d(\.\d)?$/, "")}/v3`;
}

function certificates(source: string, file: string | undefined): string | undefined {
  if (!file) return undefined;
  try {
    return readFileSync(file.replace(/^~(?=\/)/, homedir()), "utf8");
  } catch (error) {
    throw wrong(
      source,
      `cacert names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

const isYes = (value: unknown): boolean => value === true || /^(1|true|yes)$/i.test(text(value) ?? "");

/** A setting as text: YAML reads a name such as 2026 as a number. */
function text(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Credentials that cannot be used. */
export function wrong(source: string, what: string): PlatformError {
  return new PlatformError("unauthenticated", `In ${source}, ${what}`);
}
