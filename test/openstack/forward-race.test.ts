import { cleanUp } from "../support/clean-up";
import { asAdministrator, describeLab } from "../support/openstack-lab";
import { anotherProcess, existingProject, makeForward } from "./existing-project";

describeLab("forwards at once", () => {
  afterAll(cleanUp);

  test("a hundred from two processes have a hundred ports; of one port that many ask for, one has it", async () => {
    const project = await existingProject();
    const admin = await asAdministrator();
    await admin.request("network", "PUT", `/quotas/${project.projectId}`, {
      body: { quota: { security_group_rule: 500 } },
    });
    const platforms = [anotherProcess(project), anotherProcess(project)];
    const target = { projectId: project.projectId, instanceId: project.server.id, protocol: "tcp" as const };
    const made = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        platforms[i % 2]!.portForwards.create(
          { ...target, internalPort: 9000 + i, allowedCidrs: ["198.51.100.0/24"] },
          { idempotencyKey: `key-${i}` },
        ),
      ),
    );
    expect(new Set(made.map(({ externalPort }) => externalPort)).size).toBe(100);
    const { items } = await project.platform.portForwards.list({ limit: 1000 });
    expect(new Map(items.map((forward) => [forward.id, forward]))).toEqual(
      new Map(made.map((forward) => [forward.id, forward])),
    );
    // The same creates again, by a process that knows nothing of them: they are found.
    const again = await Promise.all(
      [0, 50, 99].map((i) =>
        project.platform.portForwards.create(
          { ...target, internalPort: 9000 + i, allowedCidrs: ["198.51.100.0/24"] },
          { idempotencyKey: `key-${i}` },
        ),
      ),
    );
    expect(again).toEqual([made[0], made[50], made[99]]);
    // Somebody else takes the port in between: the book does not have it, Neutron does. The port is of the lower band:
    // one of the upper may be among the hundred that were assigned.
    const chosen = Array.from({ length: 6 }, (_, i) =>
      platforms[i % 2]!.portForwards.create({ ...target, internalPort: 7000 + i, externalPort: 20_022 }),
    );
    const byHand = makeForward(project, { internal_port: 6000, external_port: 20_022 });
    const outcomes = await Promise.allSettled<unknown>([...chosen, byHand]);
    const said = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? "made" : String(outcome.reason),
    );
    expect({ said, made: said.filter((text) => text === "made") }).toEqual({ said, made: ["made"] });
    for (const outcome of outcomes.slice(0, 6)) {
      if (outcome.status === "rejected") {
        expect(outcome.reason).toMatchObject({ code: "external_port_taken" });
        expect(outcome.reason.message).toContain("is held by port forward");
      }
    }
  });
});
