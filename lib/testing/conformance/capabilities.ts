import {
  Capabilities,
  type CapabilityName,
  collections,
  contractEdition,
  PlatformInfo,
  withoutCapability,
} from "../../contract";
import type { Fixture } from "./fixture";
import { rejection } from "./rejection";

/** A value that asks for something, for each field that a platform may be unable to serve. */
const asking: Readonly<Record<string, unknown>> = {
  portCount: 2,
  allowedCidrs: ["198.51.100.0/24"],
  proxyProtocol: true,
  expiresAt: "2099-12-31T18:00:00Z",
  enabled: false,
  deletionProtection: true,
  instanceQuota: 1,
  portForwardQuota: 1,
  sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0"],
  userData: "#cloud-config",
};

/** They depend on the host that a platform runs on, and are asked of nobody. */
const notDeclared: readonly CapabilityName[] = ["memoryLimits", "cpuLimits"];

/** What every platform says of itself, and what one does with what it lacks. */
export function capabilityBehaviour(fixture: Fixture): void {
  fixture.test([], "a platform says what it is and what it can do", async () => {
    const info = await fixture.info();
    expect(PlatformInfo.parse(info)).toEqual(info);
    expect(info.contractEdition).toBe(contractEdition);
    expect(info.externalPorts.from).toBeLessThanOrEqual(info.externalPorts.to);
    expect(await fixture.info()).toEqual(info);
  });

  fixture.test([], "it lacks what its tests leave out, and nothing else", async () => {
    const { capabilities } = await fixture.info();
    const names = (Object.keys(Capabilities.shape) as CapabilityName[]).filter(
      (name) => !notDeclared.includes(name),
    );
    const told = names.filter((name) => !capabilities[name]);
    expect(told).toEqual(names.filter((name) => !fixture.offers(name)));
  });

  fixture.test(
    [],
    "what it lacks is refused with the field and a way without it, before anything is made",
    async () => {
      const { projects, instances, portForwards } = fixture.platform;
      const [project, instance] = [await fixture.project(), await fixture.instance("web")];
      const target = await fixture.target();
      const forward = await portForwards.create({ ...target, internalPort: 8081 });
      const input = fixture.inputOf(project, { name: fixture.name("lacking") });
      const creates = {
        projects: (more: object) => projects.create({ name: input.name, ...more }),
        instances: (more: object) => instances.create({ ...input, ...more }),
        portForwards: (more: object) => portForwards.create({ ...target, internalPort: 8080, ...more }),
      };
      const updates = {
        projects: (patch: object) => projects.update(project.id, patch),
        instances: (patch: object) => instances.update(instance.id, patch),
        portForwards: (patch: object) => portForwards.update(forward.id, patch),
      };
      for (const name of ["projects", "instances", "portForwards"] as const) {
        const { management, needs, patch } = collections[name];
        // Of what is only shown, no field can be set.
        if (management && !fixture.offers(management)) continue;
        for (const [field, capability] of Object.entries(needs) as [string, CapabilityName][]) {
          if (fixture.offers(capability)) continue;
          const value = field === "externalIp" ? forward.externalIp : asking[field];
          expect(`${field} is ${value}`).not.toContain("undefined");
          const calls = [creates[name], ...(field in patch.shape ? [updates[name]] : [])];
          for (const call of calls) {
            const error = await rejection(call({ [field]: value }), "unsupported");
            expect(error.field).toBe(`/${field}`);
            expect(error.message).toContain(withoutCapability[capability]);
          }
        }
      }
      expect(await projects.get(project.id)).toEqual(project);
      expect(await instances.get(instance.id)).toEqual(instance);
      expect((await instances.list({ projectId: project.id, name: input.name })).items).toEqual([]);
      expect((await projects.list({ name: input.name })).items).toEqual([]);
      const { items } = await portForwards.list({ instanceId: instance.id });
      expect(items.map(({ id, revision }) => ({ id, revision }))).toEqual([
        { id: forward.id, revision: forward.revision },
      ]);
    },
  );

  fixture.test(
    [],
    "what it only shows is neither made, changed nor deleted, and it says what to do",
    async () => {
      const { projects, instances } = fixture.platform;
      const [project, instance] = [await fixture.project(), await fixture.instance("web")];
      const name = fixture.name("lacking");
      const changes = {
        projects: [
          () => projects.create({ name }),
          () => projects.update(project.id, { description: "changed" }),
          () => projects.delete(project.id),
        ],
        instances: [
          () => instances.create(fixture.inputOf(project, { name })),
          () => instances.update(instance.id, { description: "changed" }),
          () => instances.delete(instance.id),
        ],
      };
      for (const collection of ["projects", "instances"] as const) {
        const { management, noun } = collections[collection];
        if (!management || fixture.offers(management)) continue;
        for (const change of changes[collection]) {
          const error = await rejection(change(), "unsupported");
          expect(error.message).toContain(`only shows ${noun}s`);
          expect(error.message).toContain(withoutCapability[management]);
          expect(error.details).toEqual({ lacks: [{ capability: management }] });
        }
      }
      expect(await projects.get(project.id)).toEqual(project);
      expect(await instances.get(instance.id)).toEqual(instance);
    },
  );
}
