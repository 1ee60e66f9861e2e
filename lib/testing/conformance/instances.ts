import { expectChange, type Fixture, mistyped } from "./fixture";
import { rejection } from "./rejection";

/** What platforms do with instances. */
export function instanceBehaviour(fixture: Fixture): void {
  const testManaged = (title: string, body: () => Promise<void>) =>
    fixture.test(["instanceManagement"], title, body);

  fixture.test([], "an instance is read by its id and found by its project and name", async () => {
    const { instances } = fixture.platform;
    const instance = await fixture.instance("web");
    const { projectId, name } = instance;
    expect(instance.status).toBe("active");
    expect(await instances.get(instance.id)).toEqual(instance);
    expect((await instances.list({ projectId, name })).items).toEqual([instance]);
    await rejection(instances.get("no-such-instance"), "not_found");
  });

  fixture.test(["privatePackets"], "an active instance answers at its private address", async () => {
    const { privateIp, name } = await fixture.instance("web");
    await fixture.expectHttp(`${privateIp}:8080`, name);
  });

  testManaged("a created instance is active", async () => {
    const input = fixture.inputOf(await fixture.project(), { name: "made" });
    const instance = await fixture.platform.instances.create(input);
    expect(instance).toMatchObject({ ...input, status: "active", description: "", labels: {} });
    expect(await fixture.platform.instances.get(instance.id)).toEqual(instance);
  });

  testManaged("name, description, labels and flavor change in place", async () => {
    const { instance } = await fixture.ownInstance();
    const flavor = fixture.subject.flavors[1];
    const patch = { name: "www", description: "web server", labels: { tier: "web" }, flavor };
    const changed = await fixture.platform.instances.update(instance.id, patch);
    expectChange(changed, instance, patch);
    expect(await fixture.platform.instances.get(instance.id)).toEqual(changed);
    if (fixture.offers("privatePackets")) await fixture.expectHttp(`${instance.privateIp}:8080`, "8080");
  });

  testManaged("the image does not change in place", async () => {
    const { id } = await fixture.instance("web");
    const patch = { image: fixture.subject.images.echo } as object;
    const error = await rejection(fixture.platform.instances.update(id, patch), "invalid_argument");
    expect(error.field).toBe("/image");
  });

  testManaged("unknown images, flavors and projects are refused with what there is", async () => {
    const { instances } = fixture.platform;
    const { images, flavors } = fixture.subject;
    const project = await fixture.project();
    const name = fixture.name("x");
    const input = fixture.inputOf(project, { name });
    const image = await rejection(
      instances.create({ ...input, image: mistyped(images.web) }),
      "unknown_image",
    );
    expect(image.message).toContain(images.web);
    expect(image.field).toBe("/image");
    const flavor = await rejection(
      instances.create({ ...input, flavor: mistyped(flavors[0]) }),
      "unknown_flavor",
    );
    expect(flavor.message).toContain(flavors[0]);
    expect(flavor.field).toBe("/flavor");
    const nowhere = await rejection(
      instances.create({ ...input, projectId: "no-such-project" }),
      "invalid_argument",
    );
    expect(nowhere.field).toBe("/projectId");
    expect((await instances.list({ projectId: project.id, name })).items).toEqual([]);
  });

  testManaged("the closest of the known names is offered first", async () => {
    const { instances } = fixture.platform;
    const [image, [flavor]] = [fixture.subject.images.web, fixture.subject.flavors];
    const input = fixture.inputOf(await fixture.project());
    const wrong = mistyped(image);
    const noImage = await rejection(instances.create({ ...input, image: wrong }), "unknown_image");
    expect(noImage.message).toContain(`There is no image "${wrong}"; did you mean "${image}"?`);
    expect((noImage.details!.known as string[])[0]).toBe(image);
    const noFlavor = await rejection(
      instances.create({ ...input, flavor: mistyped(flavor) }),
      "unknown_flavor",
    );
    expect(noFlavor.message).toContain(`did you mean "${flavor}"?`);
  });

  fixture.test(["instanceManagement", "sshKeys"], "SSH keys are given and change in place", async () => {
    const { instances } = fixture.platform;
    const { project, instance } = await fixture.ownInstance();
    expect(instance.sshKeys).toEqual([]);
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0 somebody@example.com";
    const changed = await instances.update(instance.id, { sshKeys: [key] });
    expectChange(changed, instance, { sshKeys: [key] });
    if (fixture.offers("privatePackets")) await fixture.expectHttp(`${instance.privateIp}:8080`, "web");
    const made = await instances.create(fixture.inputOf(project, { name: "next", sshKeys: [key] }));
    expect(made.sshKeys).toEqual([key]);
    const error = await rejection(
      instances.update(made.id, { sshKeys: ["-----BEGIN PRIVATE KEY-----"] }),
      "invalid_argument",
    );
    expect(error.field).toBe("/sshKeys/0");
    expect(error.message).toContain("an SSH key is a public key on one line");
  });

  fixture.test(["instanceManagement", "userData"], "user data is taken once and shown nowhere", async () => {
    const { instances } = fixture.platform;
    const project = await fixture.project();
    const input = fixture.inputOf(project, { name: "told", userData: "password: hunter2" });
    const idempotencyKey = fixture.name("key");
    const made = await instances.create(input, { idempotencyKey });
    const changed = await instances.update(made.id, { description: "changed" });
    const shown = JSON.stringify([
      made,
      changed,
      await instances.get(made.id),
      await instances.list({ projectId: project.id }),
      await instances.create(input, { idempotencyKey }),
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

  testManaged("two instances of one name live side by side", async () => {
    const { instances } = fixture.platform;
    const project = await fixture.project();
    const instance = await fixture.instance("web");
    const twin = await instances.create(fixture.inputOf(project, { name: instance.name }));
    expect(twin.id).not.toBe(instance.id);
    expect(twin.privateIp).not.toBe(instance.privateIp);
    const named = await instances.list({ projectId: project.id, name: instance.name });
    const ids = named.items.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([twin.id, instance.id]));
  });

  testManaged(
    "a deleted instance leaves its forwards detached, and another one is given them with their ports",
    async () => {
      const { instances, portForwards } = fixture.platform;
      const { project, instance } = await fixture.ownInstance();
      const forward = await portForwards.create({
        ...{ projectId: project.id, instanceId: instance.id, protocol: "tcp", internalPort: 8080 },
      });
      await instances.delete(instance.id);
      await rejection(instances.get(instance.id), "not_found");
      if (fixture.offers("privatePackets")) await fixture.expectSilence(`${instance.privateIp}:8080`);
      const detached = await portForwards.get(forward.id);
      expect(detached).toMatchObject({ instanceId: null, internalIp: null, status: "detached" });
      expect(detached.socketAddress).toBe(forward.socketAddress);
      await fixture.expectSilence(forward.socketAddress);
      const next = await instances.create(fixture.inputOf(project, { name: "next" }));
      const attached = await portForwards.update(forward.id, { instanceId: next.id });
      expect(attached).toMatchObject({ status: "active", socketAddress: forward.socketAddress });
      await fixture.expectHttp(forward.socketAddress, "next");
    },
  );
}
