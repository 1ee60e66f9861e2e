import type { Platform } from "../../lib/contract";
import { httpBody } from "../support/traffic";
import { projectWithInstance, rejection, testWhere } from "./subject";

/** What every platform does with instances. */
export function instanceBehaviour(platform: () => Platform): void {
  test("a created instance is active and answers at its private address", async () => {
    const { instance } = await projectWithInstance(platform());
    expect(instance).toMatchObject({
      name: "web",
      image: "http-hello",
      flavor: "small",
      status: "active",
      revision: 1,
    });
    expect(await httpBody(`${instance.privateIp}:8080`)).toContain("web");
  });

  test("name, description, labels and flavor change in place", async () => {
    const { instance } = await projectWithInstance(platform());
    const patch = { name: "www", description: "web server", labels: { tier: "web" }, flavor: "large" };
    const changed = await platform().instances.update(instance.id, patch);
    expect(changed).toEqual({ ...instance, ...patch, revision: 2 });
    expect(await httpBody(`${instance.privateIp}:8080`)).toContain("www");
  });

  test("the image does not change in place", async () => {
    const { instance } = await projectWithInstance(platform());
    const patch = { image: "echo" } as object;
    expect((await rejection(platform().instances.update(instance.id, patch), "invalid_argument")).field).toBe(
      "/image",
    );
  });

  test("unknown images, flavors and projects are refused with what there is", async () => {
    const { instances, projects } = platform();
    const { id: projectId } = await projects.create({ name: "ai-lab" });
    const input = { projectId, name: "x", image: "http-hello", flavor: "small" };
    const image = await rejection(instances.create({ ...input, image: "htpp-hello" }), "unknown_image");
    expect(image.message).toContain("http-hello");
    const flavor = await rejection(instances.create({ ...input, flavor: "tiny" }), "unknown_flavor");
    expect(flavor.message).toContain("small");
    const project = await rejection(
      instances.create({ ...input, projectId: "prj-gone" }),
      "invalid_argument",
    );
    expect(project.field).toBe("/projectId");
    expect((await instances.list()).items).toEqual([]);
  });

  test("the closest of the known names is offered first", async () => {
    const { instances, projects } = platform();
    const { id: projectId } = await projects.create({ name: "ai-lab" });
    const input = { projectId, name: "x", image: "http-hello", flavor: "small" };
    const image = await rejection(instances.create({ ...input, image: "htpp-hello" }), "unknown_image");
    expect(image.message).toContain(`There is no image "htpp-hello"; did you mean "http-hello"?`);
    expect((image.details!.known as string[])[0]).toBe("http-hello");
    const flavor = await rejection(instances.create({ ...input, flavor: "smal" }), "unknown_flavor");
    expect(flavor.message).toContain(`did you mean "small"?`);
    expect(flavor.field).toBe("/flavor");
  });

  testWhere("sshKeys", platform, "SSH keys are given and change in place", async () => {
    const { instances } = platform();
    const { project, instance } = await projectWithInstance(platform());
    expect(instance.sshKeys).toEqual([]);
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0 somebody@example.com";
    const changed = await instances.update(instance.id, { sshKeys: [key] });
    expect(changed).toEqual({ ...instance, sshKeys: [key], revision: 2 });
    expect(await httpBody(`${instance.privateIp}:8080`)).toContain("web");
    const made = await instances.create({
      ...{ projectId: project.id, name: "next", image: "http-hello", flavor: "small", sshKeys: [key] },
    });
    expect(made.sshKeys).toEqual([key]);
    const error = await rejection(
      instances.update(made.id, { sshKeys: ["-----BEGIN PRIVATE KEY-----"] }),
      "invalid_argument",
    );
    expect(error.field).toBe("/sshKeys/0");
    expect(error.message).toContain("an SSH key is a public key on one line");
  });

  testWhere("userData", platform, "user data is taken once and shown nowhere", async () => {
    const { instances, projects } = platform();
    const { id: projectId } = await projects.create({ name: "ai-lab" });
    const input = {
      ...{ projectId, name: "web", image: "http-hello", flavor: "small" },
      userData: "password: hunter2",
    };
    const made = await instances.create(input, { idempotencyKey: "k" });
    const changed = await instances.update(made.id, { description: "changed" });
    const shown = JSON.stringify([
      made,
      changed,
      await instances.get(made.id),
      await instances.list(),
      await instances.create(input, { idempotencyKey: "k" }),
    ]);
    expect(shown).not.toContain("hunter2");
    expect(shown).not.toContain("userData");
    const patch = instances.update(made.id, { userData: "password: other" } as object);
    expect((await rejection(patch, "invalid_argument")).field).toBe("/userData");
    const large = { ...input, userData: `hunter2${"x".repeat(48 * 1024)}` };
    const error = await rejection(instances.create(large), "invalid_argument");
    expect(error.field).toBe("/userData");
    expect(error.message).not.toContain("hunter2");
  });

  test("two instances of one name live side by side", async () => {
    const { project, instance } = await projectWithInstance(platform());
    const twin = await platform().instances.create({
      projectId: project.id,
      name: "web",
      image: "http-hello",
      flavor: "small",
    });
    expect(twin.id).not.toBe(instance.id);
    expect(twin.privateIp).not.toBe(instance.privateIp);
    expect((await platform().instances.list({ projectId: project.id, name: "web" })).items).toHaveLength(2);
  });

  test("a deleted instance leaves its forwards detached, with their ports", async () => {
    const { instances, portForwards } = platform();
    const { project, instance } = await projectWithInstance(platform());
    const forward = await portForwards.create({
      projectId: project.id,
      instanceId: instance.id,
      protocol: "tcp",
      internalPort: 8080,
    });
    await instances.delete(instance.id);
    await rejection(instances.get(instance.id), "not_found");
    await expect(httpBody(`${instance.privateIp}:8080`)).rejects.toThrow();
    const detached = await portForwards.get(forward.id);
    expect(detached).toMatchObject({ instanceId: null, internalIp: null, status: "detached" });
    expect(detached.socketAddress).toBe(forward.socketAddress);
    await expect(httpBody(forward.socketAddress)).rejects.toThrow();
  });
}
