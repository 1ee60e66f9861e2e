import type { Platform } from "../../lib/contract";
import type { EmbeddedPlatform, EmbeddedPlatformOptions } from "../../lib/embedded";
import { httpPlatform } from "../../lib/http/client";
import { type ServeOptions, servePlatform } from "../../lib/http/server";
import { onCleanUp } from "./clean-up";
import { startTestPlatform } from "./embedded";

/** An embedded platform that is served in this process. */
export interface ServedPlatform extends EmbeddedPlatform {
  readonly endpoint: string;
  readonly token: string;
  /** A new client of it, with connections of its own. */
  client(endpoint?: string, token?: string): Platform;
  /** A request that no client would make. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

/** Starts and serves a platform; it goes with the test. `log` takes the lines of both. */
export async function servedPlatform(
  options: Partial<EmbeddedPlatformOptions> = {},
  serving: Partial<ServeOptions> = {},
): Promise<ServedPlatform> {
  const running = await startTestPlatform(options);
  onCleanUp(running.stop);
  const token = "s3cret-token";
  const { log } = options;
  const { endpoint, close } = await servePlatform(running.platform, {
    ...{ host: "127.0.0.1", port: 0, token, version: "1.2.3" },
    authenticate: running.authenticate,
    ...(log ? { log } : {}),
    ...serving,
  });
  onCleanUp(close);
  return {
    ...running,
    endpoint,
    token,
    client: (through = endpoint, as = token) => httpPlatform({ endpoint: through, token: as }),
    ask: (path, init = {}) =>
      fetch(`${endpoint}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...init.headers },
      }),
  };
}
