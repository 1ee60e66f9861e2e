import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findCredentials } from "../../lib/openstack/credentials";
import { ScopedCloud } from "../../lib/openstack/scoped-cloud";
import { Session } from "../../lib/openstack/session";
import { onCleanUp } from "./clean-up";
import { run, succeeded } from "./command";

/** Keystone of the lab that test/openstack/lab/up.sh starts. */
export const labAuthUrl = `http://127.0.0.1:${process.env.OS_PORT_PREFIX ?? "20"}500/v3`;

const administrator = {
  OS_AUTH_URL: labAuthUrl,
  OS_USERNAME: "admin",
  OS_PASSWORD: "proto-secret",
  OS_PROJECT_NAME: "admin",
};

const probe = `fetch(${JSON.stringify(labAuthUrl)}).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`;

/** Whether it has to run, which `.ci/run` says, and starts it: `all` its tests then, `1` those of every run, `0` none. */
const asked = process.env.FAIRLEAD_OPENSTACK_LAB || undefined;
if (asked !== undefined && !["all", "1", "0"].includes(asked))
  throw new Error(`FAIRLEAD_OPENSTACK_LAB is ${JSON.stringify(asked)}, but it is all, 1 or 0`);
const isRequired = asked === "1" || asked === "all";
const answers = () => spawnSync(process.execPath, ["-e", probe]).status === 0;
const start = join(__dirname, "../openstack/lab/up.sh");

/**
 * Tests against a real OpenStack: they need the lab, and are skipped where it does not run, unless
 * FAIRLEAD_OPENSTACK_LAB requires it.
 * @param inEveryRun whether they are among those that `.ci/run` has time for
 */
export function describeLab(title: string, body: () => void, { inEveryRun = false } = {}): void {
  const isChosen = asked === "1" ? inEveryRun : asked === "all" || (asked !== "0" && answers());
  (isChosen ? describe : describe.skip)(`${title} (needs the lab)`, () => {
    // Its requests take their time: 0.1 s each, a server 2 s.
    jest.setTimeout(300_000);
    // It may be just getting ready.
    if (isRequired)
      beforeAll(async () => void (await succeeded(run([start], { env: process.env }))), 400_000);
    body();
  });
}

/** Opens the cloud that variables describe, beside the platform under test. */
export const openCloud = (environment: NodeJS.ProcessEnv): Promise<ScopedCloud> =>
  ScopedCloud.open(new Session(findCredentials({}, environment)));

/** The lab's administrator. */
export const asAdministrator = (): Promise<ScopedCloud> => openCloud(administrator);

/** Somebody with a project, in a domain of their own, so that tests neither see nor disturb each other. */
export interface LabAccount {
  readonly environment: Readonly<Record<string, string>>;
  readonly domainId: string;
  readonly projectId: string;
  readonly userId: string;
}

/**
 * Makes an account; with everything in its domain, it goes when the test is over.
 * @param roles of the user in the project: an "admin" makes projects, a "member" does not
 */
export async function labAccount(roles: readonly string[] = ["admin", "member"]): Promise<LabAccount> {
  const { account, remove } = await makeAccount(roles);
  onCleanUp(remove);
  return account;
}

/** The same, for tests that say themselves when it goes. */
export async function makeAccount(
  roles: readonly string[] = ["admin", "member"],
): Promise<{ account: LabAccount; remove(): Promise<void> }> {
  const admin = await asAdministrator();
  const name = `test-${randomUUID()}`;
  const make = async (kind: string, fields: object): Promise<string> =>
    (
      await admin.request<Record<string, { id: string }>>("identity", "POST", `/${kind}s`, {
        body: { [kind]: fields },
      })
    )[kind]!.id;
  const domainId = await make("domain", { name });
  const projectId = await make("project", { name: "home", domain_id: domainId });
  const userId = await make("user", { name, password: name, domain_id: domainId });
  const known = await admin.list<{ id: string; name: string }>("identity", "/roles", "roles");
  for (const role of roles) {
    const { id } = known.find((one) => one.name === role)!;
    await admin.request("identity", "PUT", `/projects/${projectId}/users/${userId}/roles/${id}`);
  }
  const environment = {
    OS_AUTH_URL: labAuthUrl,
    OS_USERNAME: name,
    OS_PASSWORD: name,
    OS_USER_DOMAIN_ID: domainId,
    OS_PROJECT_ID: projectId,
  };
  return {
    account: { environment, domainId, projectId, userId },
    remove: () => removeDomain(admin, domainId),
  };
}

async function removeDomain(admin: ScopedCloud, domainId: string): Promise<void> {
  const projects = await admin.list<{ id: string }>("identity", "/projects", "projects", {
    domain_id: domainId,
  });
  for (const { id } of projects) await emptyProject(admin, id);
  await admin.request("identity", "PATCH", `/domains/${domainId}`, { body: { domain: { enabled: false } } });
  await admin.request("identity", "DELETE", `/domains/${domainId}`);
}

/** What a project has of servers and networks; ids and all, to compare with what it has later. */
export async function contentOf(
  admin: ScopedCloud,
  projectId: string,
): Promise<Record<string, { id: string }[]>> {
  const query = { project_id: projectId };
  const kinds = ["floatingips", "routers", "ports", "networks", "subnets"];
  const lists = await Promise.all(
    kinds.map(
      async (kind): Promise<[string, { id: string }[]]> => [
        kind,
        await admin.list("network", `/${kind}`, kind, query),
      ],
    ),
  );
  // Who asks for those of a project alone makes its default group.
  const groups = (
    await admin.list<{ id: string; project_id: string }>("network", "/security-groups", "security_groups")
  ).filter(({ project_id }) => project_id === projectId);
  const servers = { all_tenants: 1, ...query };
  return {
    servers: await admin.list("compute", "/servers/detail", "servers", servers),
    ...Object.fromEntries(lists),
    "security-groups": groups,
  };
}

async function emptyProject(admin: ScopedCloud, projectId: string): Promise<void> {
  const remove = (path: string) => admin.request("network", "DELETE", path).catch(() => {});
  let content = await contentOf(admin, projectId);
  for (const { id } of content.floatingips!) await remove(`/floatingips/${id}`);
  for (const { id } of content.servers!)
    await admin.request("compute", "DELETE", `/servers/${id}`).catch(() => {});
  for (let tries = 0; content.servers!.length > 0 && tries < 100; tries++) {
    await sleep(200);
    content = await contentOf(admin, projectId);
  }
  for (const { id } of content.routers!) {
    const ports = await admin.list("network", "/ports", "ports", { device_id: id });
    for (const port of ports)
      await admin
        .request("network", "PUT", `/routers/${id}/remove_router_interface`, { body: { port_id: port.id } })
        .catch(() => {});
    await remove(`/routers/${id}`);
  }
  for (const kind of ["ports", "networks", "security-groups"])
    for (const { id } of content[kind]!) await remove(`/${kind}/${id}`);
}
