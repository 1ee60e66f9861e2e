import { forwardKey, listAll } from "../../contract";
import { expectChange, type Fixture } from "./fixture";
import { rejection } from "./rejection";

/** What platforms do with projects. */
export function projectBehaviour(fixture: Fixture): void {
  const testManaged = (title: string, body: () => Promise<void>) =>
    fixture.test(["projectManagement"], title, body);

  fixture.test([], "a project is read by its id and found by its name", async () => {
    const { projects } = fixture.platform;
    const project = await fixture.project();
    expect(project.externalIps.length).toBeGreaterThan(0);
    expect(await projects.get(project.id)).toEqual(project);
    expect((await projects.list({ name: project.name })).items).toEqual([project]);
    await rejection(projects.get("no-such-project"), "not_found");
  });

  testManaged("a project is made with defaults, read, changed and deleted", async () => {
    const { projects } = fixture.platform;
    const name = fixture.name("ai-lab");
    const made = await projects.create({ name });
    expect(made).toMatchObject({ name, description: "", labels: {}, ownershipId: null });
    expect(made.externalIps.length).toBeGreaterThan(0);
    expect(await projects.get(made.id)).toEqual(made);
    const patch = { name: fixture.name("lab"), description: "for AI", labels: { team: "ai" } };
    const changed = await projects.update(made.id, patch);
    expectChange(changed, made, patch);
    expect(await projects.get(made.id)).toEqual(changed);
    await projects.delete(made.id);
    await rejection(projects.get(made.id), "not_found");
    await rejection(projects.delete(made.id), "not_found");
  });

  testManaged("labels of any allowed name survive; a key that no object can hold is refused", async () => {
    const { projects } = fixture.platform;
    const labels = { constructor: "a", prototype: "b", "example.com/team": "ai" };
    expect((await projects.create({ name: fixture.name("ai-lab"), labels })).labels).toEqual(labels);
    const input = JSON.parse(`{ "name": "other", "labels": { "__proto__": "x" } }`);
    expect((await rejection(projects.create(input), "invalid_argument")).message).toContain("__proto__");
    const wrong = { "example.com/team": "no way" };
    const error = await rejection(projects.create({ name: "other", labels: wrong }), "invalid_argument");
    expect(error.field).toBe("/labels/example.com~1team");
  });

  testManaged("a change that changes nothing keeps the revision", async () => {
    const { projects } = fixture.platform;
    const made = await projects.create({ name: fixture.name("ai-lab") });
    expect(await projects.update(made.id, { name: made.name })).toEqual(made);
    expect(await projects.update(made.id, {})).toEqual(made);
    const labelled = await projects.update(made.id, { labels: { a: "1", b: "2" } });
    expect(await projects.update(made.id, { labels: { b: "2", a: "1" } })).toEqual(labelled);
  });

  testManaged("a project's name is unique, and the error names the holder", async () => {
    const { projects } = fixture.platform;
    const first = await projects.create({ name: fixture.name("ai-lab") });
    const error = await rejection(projects.create({ name: first.name }), "project_name_taken");
    expect(error.message).toContain(first.id);
    expect(error.field).toBe("/name");
    const second = await projects.create({ name: fixture.name("other") });
    await rejection(projects.update(second.id, { name: first.name }), "project_name_taken");
  });

  testManaged("bad input names the field, what was given and what is allowed", async () => {
    const { projects } = fixture.platform;
    const error = await rejection(projects.create({ name: "a/b" }), "invalid_argument");
    expect(error.field).toBe("/name");
    expect(error.message).toMatch(/^name is "a\/b", but a name has 1 to 63 letters/);
    const unknown = { name: "ok", colour: "red" } as { name: string };
    expect((await rejection(projects.create(unknown), "invalid_argument")).message).toBe(
      "colour is not a field that can be set here.",
    );
  });

  testManaged("a change decided on an old revision is refused", async () => {
    const { projects } = fixture.platform;
    const { id, revision: old } = await projects.create({ name: fixture.name("ai-lab") });
    const { revision } = await projects.update(id, { description: "new" }, { revision: old });
    const error = await rejection(
      projects.update(id, { description: "newer" }, { revision: old }),
      "revision_mismatch",
    );
    expect(error.message).toContain(`revision ${revision}`);
    await rejection(projects.delete(id, { revision: old }), "revision_mismatch");
    await projects.delete(id, { revision });
  });

  fixture.test(
    ["projectManagement", "instanceManagement"],
    "a project that is not empty is not deleted, and the error lists what is left",
    async () => {
      const { projects, portForwards } = fixture.platform;
      const { project, instance } = await fixture.ownProject();
      const refusal = async () => rejection(projects.delete(project.id), "project_not_empty");
      const left = [`instance ${instance.name} (${instance.id})`];
      expect((await refusal()).details).toEqual({ left, count: 1 });
      const target = { projectId: project.id, instanceId: instance.id, protocol: "tcp" as const };
      const forward = await portForwards.create({ ...target, internalPort: 8080 });
      left.push(`port forward ${forwardKey(forward)} (${forward.id})`);
      const error = await refusal();
      expect(error.details).toEqual({ left, count: 2 });
      expect(error.message).toContain(left.join(", "));
    },
  );

  testManaged("lists are filtered by name and labels, and paged without loss", async () => {
    const { projects } = fixture.platform;
    const run = fixture.name("run");
    const made = await Promise.all(
      [0, 1, 2].map((i) =>
        projects.create({
          name: fixture.name(`p${i}`),
          labels: { parity: i % 2 ? "odd" : "even", "a.b/c": run },
        }),
      ),
    );
    const names = (items: readonly { name: string }[]) => items.map((item) => item.name).sort();
    const even = made.filter(({ labels }) => labels.parity === "even");
    expect(names((await projects.list({ name: made[1]!.name })).items)).toEqual([made[1]!.name]);
    expect(names((await projects.list({ labels: `parity=even,a.b/c=${run}` })).items)).toEqual(names(even));
    const labels = `a.b/c=${run}`;
    const first = await projects.list({ labels, limit: 2 });
    expect(first.items).toHaveLength(2);
    const second = await projects.list({ labels, limit: 3, cursor: first.nextCursor! });
    expect(second.nextCursor).toBeNull();
    expect(names([...first.items, ...second.items])).toEqual(names(made));
    expect(names(await listAll(projects, { labels }))).toEqual(names(made));
  });

  fixture.test([], "a list that cannot be asked for is refused", async () => {
    const { projects } = fixture.platform;
    await rejection(projects.list({ limit: 1001 }), "invalid_argument");
    await rejection(projects.list({ labels: "no selector" }), "invalid_argument");
  });
}
