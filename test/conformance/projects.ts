import { listAll, type Platform } from "../../lib/contract";
import { projectWithInstance, rejection } from "./subject";

/** What every platform does with projects. */
export function projectBehaviour(platform: () => Platform): void {
  test("a project is made with defaults, read, changed and deleted", async () => {
    const { projects } = platform();
    const made = await projects.create({ name: "ai-lab" });
    expect(made).toMatchObject({ name: "ai-lab", description: "", labels: {}, revision: 1 });
    expect(made.externalIps.length).toBeGreaterThan(0);
    expect(await projects.get(made.id)).toEqual(made);
    const changed = await projects.update(made.id, {
      name: "lab",
      description: "for AI",
      labels: { team: "ai" },
    });
    expect(changed).toEqual({
      ...made,
      name: "lab",
      description: "for AI",
      labels: { team: "ai" },
      revision: 2,
    });
    await projects.delete(made.id);
    await rejection(projects.get(made.id), "not_found");
  });

  test("labels of any allowed name survive; a key that no object can hold is refused", async () => {
    const { projects } = platform();
    const labels = { constructor: "a", prototype: "b", "example.com/team": "ai" };
    expect((await projects.create({ name: "ai-lab", labels })).labels).toEqual(labels);
    const input = JSON.parse(`{ "name": "other", "labels": { "__proto__": "x" } }`);
    expect((await rejection(projects.create(input), "invalid_argument")).message).toContain("__proto__");
    const wrong = { "example.com/team": "no way" };
    const error = await rejection(projects.create({ name: "other", labels: wrong }), "invalid_argument");
    expect(error.field).toBe("/labels/example.com~1team");
  });

  test("a change that changes nothing keeps the revision", async () => {
    const { projects } = platform();
    const made = await projects.create({ name: "ai-lab" });
    expect(await projects.update(made.id, { name: "ai-lab" })).toEqual(made);
    expect(await projects.update(made.id, {})).toEqual(made);
    const labelled = await projects.update(made.id, { labels: { a: "1", b: "2" } });
    expect(await projects.update(made.id, { labels: { b: "2", a: "1" } })).toEqual(labelled);
  });

  test("a project's name is unique, and the error names the holder", async () => {
    const { projects } = platform();
    const first = await projects.create({ name: "ai-lab" });
    const error = await rejection(projects.create({ name: "ai-lab" }), "project_name_taken");
    expect(error.message).toContain(first.id);
    expect(error.field).toBe("/name");
    const second = await projects.create({ name: "other" });
    await rejection(projects.update(second.id, { name: "ai-lab" }), "project_name_taken");
  });

  test("bad input names the field, what was given and what is allowed", async () => {
    const { projects } = platform();
    const error = await rejection(projects.create({ name: "a/b" }), "invalid_argument");
    expect(error.field).toBe("/name");
    expect(error.message).toMatch(/^name is "a\/b", but a name has 1 to 63 letters/);
    const unknown = { name: "ok", colour: "red" } as { name: string };
    expect((await rejection(projects.create(unknown), "invalid_argument")).message).toBe(
      "colour is not a field that can be set here.",
    );
  });

  test("the same idempotency key makes one project, also when asked twice at once", async () => {
    const { projects } = platform();
    const options = { idempotencyKey: "key-1" };
    const [one, two] = await Promise.all([
      projects.create({ name: "ai-lab" }, options),
      projects.create({ name: "ai-lab" }, options),
    ]);
    expect(two).toEqual(one);
    expect(await projects.create({ name: "ai-lab" }, options)).toEqual(one);
    await rejection(projects.create({ name: "other" }, options), "idempotency_key_reused");
  });

  test("a change decided on an old revision is refused", async () => {
    const { projects } = platform();
    const made = await projects.create({ name: "ai-lab" });
    await projects.update(made.id, { description: "new" }, { revision: 1 });
    const error = await rejection(
      projects.update(made.id, { description: "newer" }, { revision: 1 }),
      "revision_mismatch",
    );
    expect(error.message).toContain("revision 2");
    await rejection(projects.delete(made.id, { revision: 1 }), "revision_mismatch");
    await projects.delete(made.id, { revision: 2 });
  });

  test("a project that is not empty is not deleted, and the error lists what is left", async () => {
    const { projects } = platform();
    const { project, instance } = await projectWithInstance(platform());
    const error = await rejection(projects.delete(project.id), "project_not_empty");
    expect(error.message).toContain(`instance web (${instance.id})`);
    expect(error.details).toEqual({ left: [`instance web (${instance.id})`], count: 1 });
  });

  test("of much that is left in a project, the first ten and the number are told", async () => {
    const { projects, portForwards } = platform();
    const { project, target } = await projectWithInstance(platform());
    for (let i = 0; i < 12; i++) await portForwards.create({ ...target, internalPort: 9000 + i });
    const error = await rejection(projects.delete(project.id), "project_not_empty");
    expect(error.details).toMatchObject({ count: 13 });
    expect(error.details!.left).toHaveLength(10);
    expect(error.message).toMatch(/port forward \S+:\d+\/tcp \(\S+\) and 3 more\.$/);
  });

  test("lists are filtered by name and labels, and paged without loss", async () => {
    const { projects } = platform();
    for (let i = 0; i < 5; i++) {
      await projects.create({ name: `p${i}`, labels: { parity: i % 2 ? "odd" : "even", "a.b/c": "x" } });
    }
    const names = (items: readonly { name: string }[]) => items.map((item) => item.name);
    expect(names((await projects.list({ name: "p3" })).items)).toEqual(["p3"]);
    expect(names((await projects.list({ labels: "parity=even,a.b/c=x" })).items)).toEqual(["p0", "p2", "p4"]);
    const first = await projects.list({ limit: 2 });
    expect(names(first.items)).toEqual(["p0", "p1"]);
    const second = await projects.list({ limit: 3, cursor: first.nextCursor! });
    expect(names(second.items)).toEqual(["p2", "p3", "p4"]);
    expect(second.nextCursor).toBeNull();
    expect(names(await listAll(projects))).toHaveLength(5);
    await rejection(projects.list({ limit: 1001 }), "invalid_argument");
    await rejection(projects.list({ labels: "no selector" }), "invalid_argument");
  });
}
