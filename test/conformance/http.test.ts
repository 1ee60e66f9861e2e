import { httpPlatform } from "../../lib/http/client";
import { servePlatform } from "../../lib/http/server";
import { conformance } from "../../lib/platform";
import { embedded } from "./embedded-subject";

conformance({
  ...embedded,
  name: "embedded, over HTTP",
  start: async () => {
    const { platform, stop } = await embedded.start();
    const server = await servePlatform(platform, {
      ...{ host: "127.0.0.1", port: 0, token: "secret", version: "0.0.0" },
    });
    return {
      platform: httpPlatform({ endpoint: server.endpoint, token: "secret" }),
      stop: async () => {
        await server.close();
        await stop();
      },
    };
  },
});
