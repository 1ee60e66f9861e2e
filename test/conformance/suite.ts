import { listAll, type Platform } from "../../lib/contract";
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

/** Everything that a platform has to do, as tests of one. What it may lack is asked of it where it says that it can. */
export function conformance({ name, start }: Subject): void {
  describe(name, () => {
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

    test("images and flavors are listed, in pages", async () => {
      const { images, flavors } = platform();
      expect((await images.list()).items.map((image) => image.name)).toContain("http-hello");
      const all = await listAll(flavors);
      expect(all.map((flavor) => flavor.name)).toContain("small");
      const first = await flavors.list({ limit: 1 });
      expect(first.items).toEqual(all.slice(0, 1));
      const second = await flavors.list({ limit: 1, cursor: first.nextCursor! });
      expect(second.items).toEqual(all.slice(1, 2));
    });
  });
}
