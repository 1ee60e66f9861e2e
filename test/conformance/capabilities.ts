import {
  type CapabilityName,
  collections,
  contractEdition,
  type Platform,
  PlatformInfo,
  withoutCapability,
} from "../../lib/contract";
import { projectWithInstance, rejection } from "./subject";

/** A value that asks for something, for each field that a platform may be unable to serve. */
const asking: Readonly<Record<string, unknown>> = {
  portCount: 2,
  allowedCidrs: ["198.51.100.0/24"],
  expiresAt: "2099-12-31T18:00:00Z",
  enabled: false,
  deletionProtection: true,
  instanceQuota: 1,
  portForwardQuota: 1,
  sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0"],
  userData: "#cloud-config",
};

/** What every platform says of itself, and what one does with what it lacks. */
export function capabilityBehaviour(platform: () => Platform): void {
  test("a platform says what it is and what it can do", async () => {
    const info = await platform().info();
    expect(PlatformInfo.parse(info)).toEqual(info);
    expect(info.contractEdition).toBe(contractEdition);
    expect(info.externalPorts.from).toBeLessThanOrEqual(info.externalPorts.to);
    expect(await platform().info()).toEqual(info);
  });

  test("what a platform lacks is refused with the field and a way without it, before anything is made", async () => {
    const { projects, instances, portForwards, info } = platform();
    const { capabilities } = await info();
    const { project, instance, target } = await projectWithInstance(platform());
    const forward = await portForwards.create({ ...target, internalPort: 8081 });
    const creates = {
      projects: (more: object) => projects.create({ name: "second", ...more }),
      instances: (more: object) =>
        instances.create({
          ...{ projectId: project.id, name: "second", image: "http-hello", flavor: "small" },
          ...more,
        }),
      portForwards: (more: object) => portForwards.create({ ...target, internalPort: 8080, ...more }),
    };
    const updates = {
      projects: (patch: object) => projects.update(project.id, patch),
      instances: (patch: object) => instances.update(instance.id, patch),
      portForwards: (patch: object) => portForwards.update(forward.id, patch),
    };
    for (const name of ["projects", "instances", "portForwards"] as const) {
      const needs = Object.entries(collections[name].needs) as [string, CapabilityName][];
      for (const [field, capability] of needs) {
        if (capabilities[capability]) continue;
        const value = field === "externalIp" ? forward.externalIp : asking[field];
        expect(`${field} is ${value}`).not.toContain("undefined");
        const calls = [creates[name], ...(field in collections[name].patch.shape ? [updates[name]] : [])];
        for (const call of calls) {
          const error = await rejection(call({ [field]: value }), "unsupported");
          expect(error.field).toBe(`/${field}`);
          expect(error.message).toContain(withoutCapability[capability]);
        }
      }
    }
    expect((await projects.list()).items).toEqual([project]);
    expect((await instances.list()).items).toEqual([instance]);
    expect(await portForwards.get(forward.id)).toMatchObject({ revision: 1 });
  });
}
