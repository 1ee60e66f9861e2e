import { PlatformError } from "../../contract";
import type { Fixture } from "./fixture";
import { rejection } from "./rejection";

/** What every platform does with creates that are sent twice. */
export function idempotencyBehaviour(fixture: Fixture): void {
  const ready = async () => ({ ...(await fixture.target()), internalPort: 8080 });

  fixture.test(
    ["projectManagement"],
    "the same key makes one project, also when asked twice at once",
    async () => {
      const { projects } = fixture.platform;
      const options = { idempotencyKey: fixture.name("key") };
      const input = { name: fixture.name("ai-lab") };
      const [one, two] = await Promise.all([
        projects.create(input, options),
        projects.create(input, options),
      ]);
      expect(two).toEqual(one);
      expect(await projects.create(input, options)).toEqual(one);
      await rejection(projects.create({ name: fixture.name("other") }, options), "idempotency_key_reused");
    },
  );

  fixture.test([], "the same key makes one forward with one port", async () => {
    const { portForwards } = fixture.platform;
    const input = await ready();
    const options = { idempotencyKey: fixture.name("key") };
    const [one, two] = await Promise.all([
      portForwards.create(input, options),
      portForwards.create(input, options),
    ]);
    expect(two).toEqual(one);
    expect(await portForwards.create(input, options)).toEqual(one);
    await rejection(portForwards.create({ ...input, internalPort: 8081 }, options), "idempotency_key_reused");
  });

  fixture.test(
    ["instanceManagement"],
    "the same key makes one instance, also when asked twice at once",
    async () => {
      const { instances } = fixture.platform;
      const options = { idempotencyKey: fixture.name("key") };
      const input = fixture.inputOf(await fixture.project(), { name: fixture.name("once") });
      const [one, two] = await Promise.all([
        instances.create(input, options),
        instances.create(input, options),
      ]);
      expect(two.id).toBe(one.id);
      expect((await instances.create(input, options)).id).toBe(one.id);
      const { projectId, name } = input;
      expect((await instances.list({ projectId, name })).items).toHaveLength(1);
    },
  );

  fixture.test([], "what a key has made is found by it, as long as it is there", async () => {
    const { portForwards, projects } = fixture.platform;
    const input = await ready();
    const idempotencyKey = fixture.name("plan/forward");
    const made = await portForwards.create(input, { idempotencyKey });
    await portForwards.create(
      { ...input, internalPort: 8081 },
      { idempotencyKey: fixture.name("plan/other") },
    );
    await portForwards.create({ ...input, internalPort: 2222 });
    expect((await portForwards.list({ idempotencyKey })).items).toEqual([made]);
    expect((await portForwards.list({ idempotencyKey, protocol: "udp" })).items).toEqual([]);
    expect((await projects.list({ idempotencyKey })).items).toEqual([]);
    await portForwards.delete(made.id);
    expect((await portForwards.list({ idempotencyKey })).items).toEqual([]);
  });

  fixture.test(
    [],
    "a key whose forward is gone is refused or makes another one, never the old one",
    async () => {
      const { portForwards } = fixture.platform;
      const input = await ready();
      const options = { idempotencyKey: fixture.name("key") };
      const { id } = await portForwards.create(input, options);
      await portForwards.delete(id);
      const again = await portForwards.create(input, options).catch((error: PlatformError) => error);
      if (again instanceof PlatformError) expect(again.code).toBe("idempotency_key_reused");
      else expect((await portForwards.get(again.id)).id).not.toBe(id);
    },
  );
}
