import type { Platform, PlatformInfo } from "../contract";
import { inOurWords } from "./cloud-error";
import { Clouds } from "./clouds";
import type { Context } from "./context";
import { type CredentialArguments, findCredentials } from "./credentials";
import { flavorReader } from "./flavor";
import { imageReader } from "./image";
import { instanceRepository } from "./instance";
import { platformInfo } from "./platform-info";
import { portForwardRepository } from "./port-forward";
import { projectRepository } from "./project";
import { ProjectNetworks } from "./project-network";
import { Session } from "./session";
import { defaultSettings, type OpenStackSettings } from "./settings";

/** Which cloud, and what is used of it. */
export interface OpenStackOptions extends CredentialArguments, Partial<OpenStackSettings> {
  /** Version of this software, for `info`. */
  readonly version: string;
  /** Milliseconds for one try of a request. @default 180,000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * An OpenStack cloud as a platform. Credentials are looked for at once, nothing is sent before the first call;
 * rejects with PlatformErrors only.
 * @throws PlatformError `unauthenticated` when there are no credentials, or some that cannot be used
 */
export function openStackPlatform(
  options: OpenStackOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Platform {
  const credentials = findCredentials(options, environment);
  const settings: OpenStackSettings = {
    externalNetwork: options.externalNetwork,
    privateCidr: options.privateCidr ?? defaultSettings.privateCidr,
    ports: options.ports ?? defaultSettings.ports,
  };
  const clouds = new Clouds(new Session(credentials, options.timeoutMs));
  let described: Promise<PlatformInfo> | undefined;
  const info = (signal?: AbortSignal): Promise<PlatformInfo> => {
    described ??= inOurWords("The cloud could not be asked what it can do", () =>
      platformInfo(clouds, settings, options.version, signal),
    );
    described.catch(() => {
      described = undefined;
    });
    return described;
  };
  const context: Context = { clouds, settings, networks: new ProjectNetworks(settings, clouds), info };
  return {
    projects: projectRepository(context),
    instances: instanceRepository(context),
    portForwards: portForwardRepository(context),
    images: imageReader(context),
    flavors: flavorReader(context),
    info: ({ signal } = {}) => info(signal),
  };
}
