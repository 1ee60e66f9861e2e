import { readFileSync } from "node:fs";
import type { Platform } from "./contract";

/** Where a setting came from, for messages: an argument that the user wrote, or a variable of the environment. */
export type SettingSource =
  | "argument"
  | "FAIRLEAD_ENDPOINT"
  | "FAIRLEAD_TOKEN"
  | "FAIRLEAD_TOKEN_FILE"
  | "FAIRLEAD_CA_FILE";

/** Where a platform is. */
export interface EndpointSettings {
  /** Base URL of the platform's API, `http://127.0.0.1:7878`, or an OpenStack cloud: `openstack:mycloud`. */
  readonly endpoint: string;
  readonly endpointSource: SettingSource;
}

/** What is needed to reach a platform over HTTP. */
export interface HttpSettings extends EndpointSettings {
  /** Bearer token; never part of a message. */
  readonly token: string;
  readonly tokenSource: SettingSource;
  /** Certificates, in PEM, that the platform's has to descend from; undefined: those that Node trusts. */
  readonly ca?: string | undefined;
}

/** What is needed to reach an OpenStack cloud; credentials are looked for where its own tools look. */
export interface CloudSettings extends EndpointSettings {
  readonly openstack: OpenStackArguments;
}

/** What is needed to reach a platform. */
export type Settings = HttpSettings | CloudSettings;

/** The openstack block of the provider. */
export interface OpenStackArguments {
  /** Name of a cloud of `clouds.yaml`. */
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  /** Name or id of the network that floating IPs come from. */
  readonly externalNetwork?: string | undefined;
  /** Network of the instances of a project that has none: `10.20.0.0/24`. */
  readonly privateCidr?: string | undefined;
  /** External ports that forwards can have: `20000-32767`. */
  readonly externalPorts?: string | undefined;
}

/** What may be given explicitly; the rest comes from the environment. */
export interface SettingArguments {
  readonly endpoint?: string | undefined;
  readonly token?: string | undefined;
  /** File of the CA, in PEM, that the platform's certificate descends from. */
  readonly caFile?: string | undefined;
  readonly openstack?: OpenStackArguments | undefined;
}

/** A setting that is missing or wrong: which one, what it was, and what to do. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  constructor(
    readonly setting: keyof SettingArguments,
    message: string,
    /** Where the wrong value came from; undefined when there is none. */
    readonly source?: SettingSource,
  ) {
    super(message);
  }
}

/**
 * Completes explicit arguments from FAIRLEAD_ENDPOINT, FAIRLEAD_CA_FILE, and FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE.
 * @throws SettingsError when a setting is missing or cannot be used.
 */
export function resolveSettings(
  given: SettingArguments = {},
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  const where = resolveEndpoint(given, environment);
  if (!isOpenStack(where.endpoint)) {
    return { ...where, ...resolveToken(given, environment), ...resolveCa(given, where, environment) };
  }
  const [cloud, region] = where.endpoint.slice(openStackScheme.length).split("/");
  // Without a name, the OS_* variables are the cloud.
  return {
    ...where,
    openstack: { ...given.openstack, cloud: cloud || undefined, region: region || undefined },
  };
}

/** The endpoint alone, for messages before anything is asked. @throws SettingsError */
export function resolveEndpoint(
  given: SettingArguments,
  environment: NodeJS.ProcessEnv = process.env,
): EndpointSettings {
  if (given.openstack) return openStackEndpoint(given, given.openstack, environment);
  const endpointSource = given.endpoint ? "argument" : "FAIRLEAD_ENDPOINT";
  const text = given.endpoint || environment.FAIRLEAD_ENDPOINT;
  if (!text) {
    throw new SettingsError(
      "endpoint",
      "No platform is named. Set FAIRLEAD_ENDPOINT, or the provider's endpoint argument, to its URL; " +
        "`fairlead platform start` starts one on this machine and prints it. An OpenStack cloud is openstack:<name in clouds.yaml>.",
    );
  }
  if (isOpenStack(text)) {
    const [cloud, region] = text.slice(openStackScheme.length).split("/");
    return { endpoint: openStackName({ cloud, region }, environment), endpointSource };
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol) || url.username || url.password) {
    const shown = url?.password || url?.username ? "a URL with credentials in it" : JSON.stringify(text);
    throw new SettingsError(
      "endpoint",
      `The endpoint (from ${sourceText(endpointSource)}) is ${shown}, but it has to be a URL such as http://127.0.0.1:7878, or openstack: and the name of a cloud.`,
      endpointSource,
    );
  }
  return { endpoint: text.replace(/\/+$/, ""), endpointSource };
}

/** "the endpoint argument" or the variable's name. */
export function sourceText(source: SettingSource): string {
  return source === "argument" ? "the provider's argument" : source;
}

const openStackScheme = "openstack:";

/** Whether an endpoint is an OpenStack cloud. */
export const isOpenStack = (endpoint: string): boolean => endpoint.startsWith(openStackScheme);

/**
 * An OpenStack cloud as an endpoint: `openstack:lab`, `openstack:lab/RegionOne`; `openstack:` alone is the cloud that
 * the OS_* variables describe.
 */
export function openStackName(
  { cloud, region }: Pick<OpenStackArguments, "cloud" | "region">,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  return `${openStackScheme}${cloud || environment.OS_CLOUD || ""}${region ? `/${region}` : ""}`;
}

function openStackEndpoint(
  { endpoint }: SettingArguments,
  openstack: OpenStackArguments,
  environment: NodeJS.ProcessEnv,
): EndpointSettings {
  if (endpoint !== undefined && !isOpenStack(endpoint)) {
    throw new SettingsError(
      "openstack",
      `endpoint is ${JSON.stringify(endpoint)}, and there is an openstack block; a provider deploys to one platform. Leave one of them out.`,
      "argument",
    );
  }
  return { endpoint: openStackName(openstack, environment), endpointSource: "argument" };
}

/**
 * The platform that the settings name. Nothing is asked until the first call.
 * @throws PlatformError `unauthenticated` for an OpenStack cloud without credentials
 */
export function connect(settings: Settings): Platform {
  if ("openstack" in settings) return connectCloud(settings.openstack);
  // Loaded on first use: the client brings axios, which no synthesis without lookups needs.
  const { httpPlatform } = require("./http/client") as typeof import("./http/client");
  return httpPlatform({
    endpoint: settings.endpoint,
    endpointSource: sourceText(settings.endpointSource),
    token: settings.token,
    ca: settings.ca,
  });
}

function connectCloud({ externalPorts, ...openstack }: OpenStackArguments): Platform {
  const ports = externalPorts === undefined ? undefined : portsOf(externalPorts);
  const { openStackPlatform } = require("./openstack") as typeof import("./openstack");
  const { version } = require("../package.json") as { version: string };
  return openStackPlatform({ ...openstack, ports, version });
}

function portsOf(text: string): { from: number; to: number } {
  const [, from = 0, to = 0] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (from >= 1 && from <= to && to <= 65535) return { from, to };
  throw new SettingsError(
    "openstack",
    `external_ports is ${JSON.stringify(text)}, but has to be two ports from 1 to 65535, the lower one first, such as 20000-32767.`,
    "argument",
  );
}

function resolveToken(
  given: SettingArguments,
  environment: NodeJS.ProcessEnv,
): Pick<HttpSettings, "token" | "tokenSource"> {
  if (given.token) return { token: given.token, tokenSource: "argument" };
  if (environment.FAIRLEAD_TOKEN) return { token: environment.FAIRLEAD_TOKEN, tokenSource: "FAIRLEAD_TOKEN" };
  const file = environment.FAIRLEAD_TOKEN_FILE;
  if (!file) {
    throw new SettingsError(
      "token",
      "No token is given. Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE to the token file that the platform names when it starts.",
    );
  }
  return { token: readToken(file), tokenSource: "FAIRLEAD_TOKEN_FILE" };
}

const tokenStep = "Set it to the token file that the platform names when it starts.";

function readToken(file: string): string {
  const where = `FAIRLEAD_TOKEN_FILE names ${file}`;
  const token = readSetting("token", file, where, tokenStep).trim();
  if (!token) throw new SettingsError("token", `${where}, which is empty. ${tokenStep}`);
  return token;
}

const caStep = "Set it to the file of the CA's certificate, in PEM.";

/** An endpoint without TLS needs no CA, whatever the environment says. */
function resolveCa(
  given: SettingArguments,
  { endpoint }: EndpointSettings,
  environment: NodeJS.ProcessEnv,
): Pick<HttpSettings, "ca"> {
  const source = given.caFile ? "argument" : "FAIRLEAD_CA_FILE";
  const file = given.caFile || environment.FAIRLEAD_CA_FILE;
  if (!file || !/^https:/i.test(endpoint)) return {};
  const where = `${source === "argument" ? "The provider's ca_file" : source} names ${file}`;
  const ca = readSetting("caFile", file, where, caStep, source);
  // Node takes what is no certificate without a word, and would then trust nobody.
  if (!ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new SettingsError("caFile", `${where}, which holds no certificate in PEM. ${caStep}`, source);
  }
  return { ca };
}

/** @throws SettingsError when the file that a setting names cannot be read */
function readSetting(
  setting: keyof SettingArguments,
  file: string,
  where: string,
  nextStep: string,
  source?: SettingSource,
): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError(setting, `${where}, which cannot be read (${code}). ${nextStep}`, source);
  }
}
