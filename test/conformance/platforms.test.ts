import type { Platform } from "../../lib/contract";
import { httpPlatform } from "../../lib/http/client";
import { servePlatform } from "../../lib/http/server";
import { startTestPlatform } from "../support/embedded";
import { instanceBehaviour } from "./instances";
import { portForwardBehaviour } from "./port-forwards";
import { projectBehaviour } from "./projects";
import type { Subject } from "./subject";

const embedded: Subject = { name: "embedded", start: () => startTestPlatform() };

const overHttp: Subject = {
  name: "embedded, over HTTP",
  start: async () => {
    const { platform, stop } = await startTestPlatform();
    const server = await servePlatform(platform, {
      host: "127.0.0.1",
      port: 0,
      token: "secret",
      version: "0.0.0",
    });
    return {
      platform: httpPlatform({ endpoint: server.endpoint, token: "secret" }),
      stop: async () => {
        await server.close();
        await stop();
      },
    };
  },
};

describe.each([embedded, overHttp])("$name", ({ start }) => {
  let running: { platform: Platform; stop(): Promise<void> };
  beforeEach(async () => {
    running = await start();
  });
  afterEach(() => running.stop());
  const platform = () => running.platform;

  describe("projects", () => projectBehaviour(platform));
  describe("instances", () => instanceBehaviour(platform));
  describe("port forwards", () => portForwardBehaviour(platform));

  test("images and flavors are listed", async () => {
    const images = await platform().images.list();
    expect(images.items.map((image) => image.name)).toEqual(["echo", "http-hello"]);
    const flavors = await platform().flavors.list({ limit: 2 });
    expect(flavors.items.map((flavor) => flavor.name)).toEqual(["large", "medium"]);
    expect(flavors.nextCursor).toBe("medium");
  });
});
