import { forwardKey, projectNotEmpty } from "../contract";
import { type Cloud, isAnswer } from "./cloud";
import type { Context } from "./context";
import { floatingIpsOf, isOurAddress } from "./floating-ip";
import { instancesIn } from "./instance";
import type { KeystoneProject } from "./keystone-project";
import { isMadeByUs } from "./marks";
import { portForwardsIn } from "./port-forward";
import { removeNetwork } from "./private-network";
import type { ScopedCloud } from "./scoped-cloud";

/** Lets the user of the credentials work in a project: as a member, or by the roles that the credentials have. */
export async function grantOwnRoles(home: ScopedCloud, projectId: string): Promise<void> {
  const { userId, roles } = await home.token();
  const member = roles.filter(({ name }) => /^_?member_?$/i.test(name));
  for (const role of member.length > 0 ? member.slice(0, 1) : roles) {
    await home.request("identity", "PUT", `/projects/${projectId}/users/${userId}/roles/${role.id}`);
  }
}

/**
 * Keystone deletes a project with everything in it still running, ownerless.
 * @throws PlatformError `project_not_empty` with the first of what is left in it
 */
export async function guardEmpty(
  context: Context,
  cloud: Cloud,
  { id, name }: KeystoneProject,
): Promise<void> {
  const [instances, forwards] = await Promise.all([
    instancesIn(context, cloud),
    portForwardsIn(context, cloud),
  ]);
  const left = [
    ...instances.map((instance) => `instance ${instance.name} (${instance.id})`),
    ...forwards.map((forward) => `port forward ${forwardKey(forward)} (${forward.id})`),
    ...(await othersIn(cloud)),
  ];
  if (left.length > 0) throw projectNotEmpty({ id, name }, left);
}

/** What others have put into a project, as far as its network shows. */
async function othersIn(cloud: Cloud): Promise<string[]> {
  const ofProject = { project_id: cloud.projectId };
  const kinds = { networks: "network", routers: "router" } as const;
  const lists = await Promise.all(
    Object.entries(kinds).map(async ([kind, noun]) => {
      const all = await cloud.list<{ id: string; name: string; description: string }>(
        ...(["network", `/${kind}`, kind, ofProject] as const),
      );
      return all.filter((one) => !isMadeByUs(one)).map((one) => `${noun} ${one.name} (${one.id})`);
    }),
  );
  const query = { ...ofProject };
  const addresses = await cloud.list<{ id: string; floating_ip_address: string; description: string }>(
    ...(["network", "/floatingips", "floatingips", query] as const),
  );
  const others = addresses.filter(({ description }) => !isMadeByUs({ description }));
  return [
    ...lists.flat(),
    ...others.map((address) => `floating IP ${address.floating_ip_address} (${address.id})`),
  ];
}

/** Takes away what belongs to an empty project and would be left without an owner. */
export async function clearProject(cloud: Cloud, home: Cloud, { id }: KeystoneProject): Promise<void> {
  for (const address of (await floatingIpsOf(cloud)).filter(isOurAddress)) {
    await ignoring(home, "floatingips", address.id);
  }
  await removeNetwork(cloud);
  // Neutron gives every project a security group of its own, and an administrator alone may take it away.
  const groups = await cloud.list<{ id: string }>("network", "/security-groups", "security_groups", {
    project_id: id,
  });
  for (const group of groups) await ignoring(home, "security-groups", group.id);
}

async function ignoring(home: Cloud, kind: string, id: string): Promise<void> {
  await home.request("network", "DELETE", `/${kind}/${id}`).catch((error) => {
    if (!isAnswer(error, 403, 404, 409)) throw error;
  });
}
