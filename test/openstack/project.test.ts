import type { Platform } from "../../lib/contract";
import { openStackPlatform } from "../../lib/openstack";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { cuttingProxy } from "../support/cutting-proxy";
import {
  asAdministrator,
  contentOf,
  describeLab,
  type LabAccount,
  labAccount,
  openCloud,
} from "../support/openstack-lab";

afterEach(cleanUp);

const open = ({ environment }: LabAccount): Platform => openStackPlatform({ version: "0.0.0" }, environment);

describeLab("projects of OpenStack", () => {
  test("a member has the project that an administrator made, and makes, changes and deletes none", async () => {
    const account = await labAccount(["member"]);
    const { projects, info } = open(account);
    expect((await info()).capabilities).toMatchObject({ projectManagement: false, instanceManagement: true });
    const [home, ...others] = (await projects.list()).items;
    expect(home).toMatchObject({ id: account.projectId, name: "home", externalIps: [], ownershipId: null });
    expect(others).toEqual([]);
    await rejection(projects.create({ name: "mine" }), "unsupported");
    await rejection(projects.delete(account.projectId), "unsupported");
  });

  test("who may make projects changes and deletes those alone that Fairlead has made", async () => {
    const account = await labAccount();
    const { projects } = open(account);
    const before = await (await asAdministrator()).request(
      "identity",
      "GET",
      `/projects/${account.projectId}`,
    );
    const renamed = await rejection(projects.update(account.projectId, { name: "mine" }), "forbidden");
    expect(renamed.message).toContain(`The project home (${account.projectId}) was not made by Fairlead`);
    await rejection(projects.delete(account.projectId), "forbidden");
    expect(
      await (await asAdministrator()).request("identity", "GET", `/projects/${account.projectId}`),
    ).toEqual(before);
  });

  test("a project has an address; text for people stays readable, and Fairlead's own stays behind it", async () => {
    const account = await labAccount();
    const { projects } = open(account);
    const input = {
      name: "lab",
      description: "for AI\n[not fairlead's]",
      labels: { "a.b/c": "x" },
      ownershipId: "shop/dev",
    };
    const made = await projects.create(input, { idempotencyKey: "key-1" });
    expect(made).toMatchObject({ ...input, externalIps: [expect.stringMatching(/^203\.0\.113\.\d+$/)] });
    // Another process finds it, and knows the key.
    const later = open(account).projects;
    expect(await later.get(made.id)).toEqual(made);
    expect(await later.create(input, { idempotencyKey: "key-1" })).toEqual(made);
    await rejection(
      later.create({ ...input, name: "other" }, { idempotencyKey: "key-1" }),
      "idempotency_key_reused",
    );
    const { project } = await (await asAdministrator()).request<{
      project: { description: string; tags: string[] };
    }>(...(["identity", "GET", `/projects/${made.id}`] as const));
    expect(project.tags).toEqual(["fairlead"]);
    expect(project.description).toMatch(/^for AI\n\[not fairlead's\]\n\[fairlead \{.*\}\]$/);
    await projects.delete(made.id);
    expect(await contentOf(await asAdministrator(), made.id)).toEqual(nothing);
  });

  test("a name that another project of the cloud has is refused, whatever its case", async () => {
    const { projects } = open(await labAccount());
    const first = await projects.create({ name: "Lab", ownershipId: "shop/dev" });
    const error = await rejection(projects.create({ name: "lab" }), "project_name_taken");
    expect(error.message).toBe(
      `A project named "Lab" exists: project ${first.id}; it bears the mark shop/dev.`,
    );
    expect(error.details).toMatchObject({ id: first.id, ownershipId: "shop/dev", projectName: "Lab" });
  });

  test("a project that cannot be completed leaves nothing", async () => {
    const account = await labAccount();
    const { projects } = openStackPlatform(
      { version: "0.0.0", externalNetwork: "nowhere" },
      account.environment,
    );
    const error = await rejection(projects.create({ name: "lab" }), "invalid_argument");
    expect(error.message).toMatch(/^external_network is "nowhere", but has to be .* the cloud has public \(/);
    expect((await projects.list()).items.map(({ id }) => id)).toEqual([account.projectId]);
  });

  test("a project cut off in mid-create is completed by the same key", async () => {
    const account = await labAccount();
    const { projects } = open(account);
    const input = { name: "lab" };
    const made = await projects.create(input, { idempotencyKey: "key-1" });
    const admin = await asAdministrator();
    // As if the process had ended before the address was there.
    const { floatingips } = await contentOf(admin, made.id);
    for (const { id } of floatingips!) await admin.request("network", "DELETE", `/floatingips/${id}`);
    const again = await open(account).projects.create(input, { idempotencyKey: "key-1" });
    expect(again).toEqual({ ...made, externalIps: [expect.any(String)] });
  });

  test("a project that was there before stays when it cannot be completed", async () => {
    const account = await labAccount();
    const input = { name: "lab" };
    const made = await open(account).projects.create(input, { idempotencyKey: "key-1" });
    const { projects } = openStackPlatform(
      { version: "0.0.0", externalNetwork: "nowhere" },
      account.environment,
    );
    await rejection(projects.create(input, { idempotencyKey: "key-1" }), "invalid_argument");
    expect(await open(account).projects.get(made.id)).toEqual(made);
  });

  test("a project whose address may have been made stays, to be completed by its key with that address", async () => {
    const account = await labAccount();
    const input = { name: "lab" };
    const proxy = await cuttingProxy("http://127.0.0.1:20696");
    const { projects } = openStackPlatform(
      { version: "0.0.0" },
      { ...account.environment, OS_NETWORK_ENDPOINT_OVERRIDE: proxy.endpoint },
    );
    proxy.cutAnswers(1, "POST /v2.0/floatingips");
    await rejection(projects.create(input, { idempotencyKey: "key-1" }), "unreachable");
    expect(proxy.lost).toBe(1);
    const [left] = (await open(account).projects.list({ name: "lab" })).items;
    expect(left!.externalIps).toHaveLength(1);
    expect(await open(account).projects.create(input, { idempotencyKey: "key-1" })).toEqual(left);
  });

  test("what others have put into a project keeps it from being deleted, and stays as it is", async () => {
    const account = await labAccount();
    const { projects } = open(account);
    const made = await projects.create({ name: "lab" });
    const inside = await openCloud({ ...account.environment, OS_PROJECT_ID: made.id });
    const body = { network: { name: "theirs", description: "Made by hand" } };
    const { network } = await inside.request<{ network: { id: string } }>("network", "POST", "/networks", {
      body,
    });
    const { security_group: group } = await inside.request<{ security_group: { id: string } }>(
      ...(["network", "POST", "/security-groups", { body: { security_group: { name: "web" } } }] as const),
    );
    const before = await contentOf(await asAdministrator(), made.id);
    const error = await rejection(projects.delete(made.id), "project_not_empty");
    const left = [`network theirs (${network.id})`, `security group web (${group.id})`];
    expect(error.details).toEqual({ left, count: 2 });
    expect(await contentOf(await asAdministrator(), made.id)).toEqual(before);
  });

  test("an application credential opens its project alone", async () => {
    const account = await labAccount(["member"]);
    const user = await openCloud(account.environment);
    const path = `/users/${account.userId}/application_credentials`;
    const { application_credential: credential } = await user.request<{
      application_credential: { id: string; secret: string };
    }>("identity", "POST", path, { body: { application_credential: { name: "fairlead" } } });
    const { projects, info } = openStackPlatform(
      { version: "0.0.0" },
      {
        OS_AUTH_URL: account.environment.OS_AUTH_URL,
        OS_APPLICATION_CREDENTIAL_ID: credential.id,
        OS_APPLICATION_CREDENTIAL_SECRET: credential.secret,
      },
    );
    expect((await info()).capabilities.projectManagement).toBe(false);
    expect((await projects.list()).items.map(({ id }) => id)).toEqual([account.projectId]);
    const other = await labAccount();
    await rejection(projects.get(other.projectId), "not_found");
  });
});

const nothing = {
  servers: [],
  floatingips: [],
  routers: [],
  ports: [],
  networks: [],
  subnets: [],
  "security-groups": [],
};
