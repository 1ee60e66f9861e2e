import { forwardKey, projectNotEmpty } from "../contract";
import { type Cloud, isAnswer } from "./cloud";
import type { Context } from "./context";
import { type FloatingIp, isOurAddress } from "./floating-ip";
import type { ForwardPages } from "./forward-book";
import { forwardDesks } from "./forward-desks";
import { toPortForward } from "./forward-entity";
import { sweep } from "./forward-removal";
import { instancesIn } from "./instance";
import { isOurPort } from "./instance-port";
import type { KeystoneProject } from "./keystone-project";
import { isMadeByUs } from "./marks";
import type { NeutronGroup } from "./neutron";
import { portOf, portsWithGroups } from "./port-group";
import { type Made, type OwnParts, removeNetwork } from "./private-network";
import type { ScopedCloud } from "./scoped-cloud";

/** Lets the user of the credentials work in a project: as a member, or by the roles that the credentials have. */
export async function grantOwnRoles(home: ScopedCloud, projectId: string): Promise<void> {
  const { userId, roles } = await home.token();
  const member = roles.filter(({ name }) => /^_?member_?$/i.test(name));
  for (const role of member.length > 0 ? member.slice(0, 1) : roles) {
    await home.request("identity", "PUT", `/projects/${projectId}/users/${userId}/roles/${role.id}`);
  }
}

/** What a project needs for itself, and what goes with it. */
export interface ProjectNeeds extends OwnParts {
  readonly addresses: readonly FloatingIp[];
  readonly groups: readonly NeutronGroup[];
}

/**
 * Keystone deletes a project with everything in it still running, ownerless. Resolves with what may go with it.
 * @throws PlatformError `project_not_empty` with the first of what is left in it
 */
export async function guardEmpty(
  context: Context,
  cloud: Cloud,
  { id, name }: KeystoneProject,
): Promise<ProjectNeeds> {
  const desk = await forwardDesks(context).of(id);
  const { book } = desk;
  await sweep(desk, unneeded(await book.reload()));
  const made = (kind: "networks" | "routers") =>
    cloud.list<Made>("network", `/${kind}`, kind, { project_id: id });
  const [instances, pages, networks, routers] = await Promise.all([
    instancesIn(cloud),
    book.reload(),
    made("networks"),
    made("routers"),
  ]);
  const forwards = [...pages.records.values()].map((record) => toPortForward(id, pages, record));
  const addresses = [...pages.floatingIps.values()];
  const groups = [...pages.groups.values()];
  const left = [
    ...instances.map((instance) => `instance ${instance.name} (${instance.id})`),
    ...forwards.map((forward) => `port forward ${forwardKey(forward)} (${forward.id})`),
    ...networks.filter(isOthers).map((network) => `network ${network.name} (${network.id})`),
    ...routers.filter(isOthers).map((router) => `router ${router.name} (${router.id})`),
    ...addresses
      .filter((address) => !isOurAddress(address))
      .map((address) => `floating IP ${address.floating_ip_address} (${address.id})`),
    ...groups
      .filter((group) => !isNeutrons(group) && portOf(group) === undefined)
      .map((group) => `security group ${group.name} (${group.id})`),
  ];
  if (left.length > 0) throw projectNotEmpty({ id, name }, left);
  return { addresses, groups, networks, routers };
}

/** Ports that nothing may lead to any more, though what was made for them is there: others have deleted their forwards. */
function unneeded(pages: ForwardPages): string[] {
  const parked = [...pages.ports.values()].filter((port) => isOurPort(port) && port.device_id === "");
  return [...new Set([...portsWithGroups(pages), ...parked.map(({ id }) => id)])];
}

const isOthers = (one: Made): boolean => !isMadeByUs(one);

/** Neutron gives every project a security group of its own, by a name that no other group can have. */
const isNeutrons = ({ name }: NeutronGroup): boolean => name === "default";

/**
 * Takes away what an empty project has needed and would be left without an owner. All of it by a token of the project
 * itself, which sees it for certain; save Neutron's own group, which an administrator alone may take away.
 */
export async function clearProject(cloud: Cloud, home: Cloud, needs: ProjectNeeds): Promise<void> {
  const [neutrons, ours] = [true, false].map((its) =>
    needs.groups.filter((group) => isNeutrons(group) === its),
  );
  // What may be refused comes first, so that then all of it is left as it was.
  for (const { id } of ours!) await without(cloud, `/security-groups/${id}`, 404);
  for (const { id } of needs.addresses) await without(cloud, `/floatingips/${id}`, 404);
  await removeNetwork(cloud, needs);
  for (const { id } of neutrons!) await without(home, `/security-groups/${id}`, 403, 404, 409);
}

/** Takes an object away; some answers are no failure. */
async function without(cloud: Cloud, path: string, ...tolerated: readonly number[]): Promise<void> {
  await cloud.request("network", "DELETE", path).catch((error) => {
    if (!isAnswer(error, ...tolerated)) throw error;
  });
}
