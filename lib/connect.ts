import { readFileSync } from "node:fs";
import type { Platform } from "./contract";

/** Where a setting came from, for messages: an argument that the user wrote, or a variable of the environment. */
export type SettingSource = "argument" | "FAIRLEAD_ENDPOINT" | "FAIRLEAD_TOKEN" | "FAIRLEAD_TOKEN_FILE";

/** What is needed to reach a platform. */
export interface Settings {
  /** Base URL of the platform's API: `http://127.0.0.1:7878`. */
  readonly endpoint: string;
  readonly endpointSource: SettingSource;
  /** Bearer token; never part of a message. */
  readonly token: string;
  readonly tokenSource: SettingSource;
}

/** What may be given explicitly; the rest comes from the environment. */
export interface SettingArguments {
  readonly endpoint?: string | undefined;
  readonly token?: string | undefined;
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
 * Completes explicit arguments from FAIRLEAD_ENDPOINT, and FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE.
 * @throws SettingsError when a setting is missing or cannot be used.
 */
export function resolveSettings(
  given: SettingArguments = {},
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  return { ...resolveEndpoint(given, environment), ...resolveToken(given, environment) };
}

/** The endpoint alone, for messages before anything is asked. @throws SettingsError */
export function resolveEndpoint(
  given: SettingArguments,
  environment: NodeJS.ProcessEnv = process.env,
): Pick<Settings, "endpoint" | "endpointSource"> {
  const endpointSource = given.endpoint ? "argument" : "FAIRLEAD_ENDPOINT";
  const text = given.endpoint || environment.FAIRLEAD_ENDPOINT;
  if (!text) {
    throw new SettingsError(
      "endpoint",
      "No platform is named. Set FAIRLEAD_ENDPOINT, or the provider's endpoint argument, to its URL; " +
        "`fairlead platform start` starts one on this machine and prints it.",
    );
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol) || url.username || url.password) {
    const shown = url?.password || url?.username ? "a URL with credentials in it" : JSON.stringify(text);
    throw new SettingsError(
      "endpoint",
      `The endpoint (from ${sourceText(endpointSource)}) is ${shown}, but it has to be a URL such as http://127.0.0.1:7878.`,
      endpointSource,
    );
  }
  return { endpoint: text.replace(/\/+$/, ""), endpointSource };
}

/** "the endpoint argument" or the variable's name. */
export function sourceText(source: SettingSource): string {
  return source === "argument" ? "the provider's argument" : source;
}

/** The platform that the settings name. Nothing is asked until the first call. */
export function connect(settings: Settings): Platform {
  // Loaded on first use: the client brings axios, which no synthesis without lookups needs.
  const { httpPlatform } = require("./http/client") as typeof import("./http/client");
  return httpPlatform({
    endpoint: settings.endpoint,
    endpointSource: sourceText(settings.endpointSource),
    token: settings.token,
  });
}

function resolveToken(
  given: SettingArguments,
  environment: NodeJS.ProcessEnv,
): Pick<Settings, "token" | "tokenSource"> {
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

const nextStep = "Set it to the token file that the platform names when it starts.";

function readToken(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new SettingsError(
      "token",
      `FAIRLEAD_TOKEN_FILE names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}). ${nextStep}`,
    );
  }
  if (!token)
    throw new SettingsError("token", `FAIRLEAD_TOKEN_FILE names ${file}, which is empty. ${nextStep}`);
  return token;
}
