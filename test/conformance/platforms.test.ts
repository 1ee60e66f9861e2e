import { Capabilities, type CapabilityName, type Platform } from "../../lib/contract";
import { httpPlatform } from "../../lib/http/client";
import { servePlatform } from "../../lib/http/server";
import { freshAddress, startTestPlatform } from "../support/embedded";
import { capabilityBehaviour } from "./capabilities";
import { externalAddressBehaviour } from "./external-addresses";
import { instanceBehaviour } from "./instances";
import { limitBehaviour } from "./limits";
import { opennessBehaviour } from "./openness";
import { ownershipBehaviour } from "./ownership";
import { portForwardBehaviour } from "./port-forwards";
import { portRangeBehaviour } from "./port-ranges";
import { projectBehaviour } from "./projects";
import { statisticsBehaviour } from "./statistics";
import type { Subject } from "./subject";

const twoAddresses = () => ({ externalIps: [freshAddress(), freshAddress()] });

const embedded: Subject = { name: "embedded", start: () => startTestPlatform(twoAddresses()) };

const overHttp: Subject = {
  name: "embedded, over HTTP",
  start: async () => {
    const { platform, stop } = await startTestPlatform(twoAddresses());
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

/** Shows that the suite asks nothing of a platform that it may lack. */
const lacking: Subject = {
  name: "embedded, without all that a platform may lack",
  start: () => startTestPlatform({ without: Object.keys(Capabilities.shape) as CapabilityName[] }),
};

describe.each([embedded, overHttp, lacking])("$name", ({ start }) => {
  let running: { platform: Platform; stop(): Promise<void> };
  beforeEach(async () => {
    running = await start();
  });
  afterEach(() => running.stop());
  const platform = () => running.platform;

  describe("projects", () => projectBehaviour(platform));
  describe("instances", () => instanceBehaviour(platform));
  describe("port forwards", () => portForwardBehaviour(platform));
  describe("port ranges", () => portRangeBehaviour(platform));
  describe("external addresses", () => externalAddressBehaviour(platform));
  describe("expiry and disabling", () => opennessBehaviour(platform));
  describe("quotas and protection", () => limitBehaviour(platform));
  describe("ownership", () => ownershipBehaviour(platform));
  describe("statistics", () => statisticsBehaviour(platform));
  describe("capabilities", () => capabilityBehaviour(platform));

  test("images and flavors are listed", async () => {
    const images = await platform().images.list();
    expect(images.items.map((image) => image.name)).toEqual(["echo", "http-hello"]);
    const flavors = await platform().flavors.list({ limit: 2 });
    expect(flavors.items.map((flavor) => flavor.name)).toEqual(["large", "medium"]);
    expect(flavors.nextCursor).toBe("medium");
    expect(flavors.items[1]).toEqual({
      name: "medium",
      description: "2 CPUs, 2 GB",
      memoryMiB: 2048,
      cpus: 2,
    });
  });
});
