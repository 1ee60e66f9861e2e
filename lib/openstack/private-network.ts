import { type Cloud, isAnswer } from "./cloud";
import { isMadeByUs, ourDescription, ourName } from "./marks";

/** The network that a project's instances are on, and the router that leads out of it. */
export interface ProjectNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly routerId: string;
}

/** An object of the network, as far as all of them are alike. */
export interface Made {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly created_at: string;
}

interface Port extends Made {
  readonly device_owner: string;
  readonly device_id: string;
}

const marks = {
  name: ourName,
  description: ourDescription("for the instances of the project; removed with the last of them"),
};

/** What Neutron itself puts on a network, and takes away with it. */
const itsOwn = /^network:(dhcp|distributed)$/;
const routerInterface = /^network:(router_interface|ha_router_replicated_interface)/;

/** The network of ours, when all its parts are there. */
export async function findNetwork(cloud: Cloud): Promise<ProjectNetwork | undefined> {
  const [network] = await ours(cloud, "networks");
  if (!network) return undefined;
  const [subnets, ports] = await Promise.all([ours(cloud, "subnets"), portsOn(cloud, network.id)]);
  const subnet = subnets.find((one) => (one as unknown as { network_id: string }).network_id === network.id);
  const attached = ports.find(({ device_owner }) => routerInterface.test(device_owner));
  return subnet && attached
    ? { networkId: network.id, subnetId: subnet.id, routerId: attached.device_id }
    : undefined;
}

/** Makes the network of ours, or what a try that was cut off has left to make. */
export async function makeNetwork(
  cloud: Cloud,
  externalNetworkId: string,
  cidr: string,
): Promise<ProjectNetwork> {
  const [network, router] = await Promise.all([
    ensure(cloud, "network", {}),
    ensure(cloud, "router", { external_gateway_info: { network_id: externalNetworkId } }),
  ]);
  const subnet = await ensure(
    cloud,
    "subnet",
    { network_id: network.id, ip_version: 4, cidr, enable_dhcp: true },
    { network_id: network.id },
  );
  const attached = (await portsOn(cloud, network.id)).some(({ device_owner }) =>
    routerInterface.test(device_owner),
  );
  if (!attached) {
    await cloud.request("network", "PUT", `/routers/${router.id}/add_router_interface`, {
      body: { subnet_id: subnet.id },
      repeatable: false,
    });
  }
  return { networkId: network.id, subnetId: subnet.id, routerId: router.id };
}

/** The networks and routers of ours: one each, or more where several runs have made the first at once. */
export interface OwnParts {
  readonly networks: readonly Made[];
  readonly routers: readonly Made[];
}

/** Looks for what of the network is ours. */
export async function ownParts(cloud: Cloud): Promise<OwnParts> {
  const [networks, routers] = await Promise.all([ours(cloud, "networks"), ours(cloud, "routers")]);
  return { networks, routers };
}

/** Removes the network and router of ours, unless something is on them. */
export async function removeNetwork(cloud: Cloud, { networks, routers }: OwnParts): Promise<void> {
  for (const { id } of networks) {
    const ports = (await portsOn(cloud, id)).filter(({ device_owner }) => !itsOwn.test(device_owner));
    const ourRouters = new Set(routers.map((router) => router.id));
    const inUse = ports.some(
      (port) => !(routerInterface.test(port.device_owner) && ourRouters.has(port.device_id)),
    );
    if (inUse) return;
    for (const port of ports) {
      await gone(cloud, "PUT", `/routers/${port.device_id}/remove_router_interface`, { port_id: port.id });
    }
  }
  // A conflict: somebody else has come to use it. Then it is theirs as well, and stays.
  for (const { id } of routers) await gone(cloud, "DELETE", `/routers/${id}`);
  for (const { id } of networks) await gone(cloud, "DELETE", `/networks/${id}`);
}

/** The objects of ours of one kind, the oldest first: of two that were made at once, all agree on the same one. */
async function ours(
  cloud: Cloud,
  kind: "networks" | "subnets" | "routers",
  query: object = {},
): Promise<Made[]> {
  const named = { project_id: cloud.projectId, name: ourName, ...query };
  const found = await cloud.list<Made>("network", `/${kind}`, kind, named);
  const age = ({ created_at, id }: Made) => `${created_at} ${id}`;
  return found.filter(isMadeByUs).sort((a, b) => (age(a) < age(b) ? -1 : 1));
}

const portsOn = (cloud: Cloud, networkId: string): Promise<Port[]> =>
  cloud.list<Port>("network", "/ports", "ports", { network_id: networkId });

/** Finds an object of ours or makes it; where another run was faster, its object is taken and this one removed. */
async function ensure(
  cloud: Cloud,
  noun: "network" | "subnet" | "router",
  fields: object,
  query: object = {},
): Promise<Made> {
  const [known] = await ours(cloud, `${noun}s`, query);
  if (known) return known;
  const answer = await cloud.request<Record<string, Made>>("network", "POST", `/${noun}s`, {
    body: { [noun]: { ...marks, ...fields } },
  });
  const made = answer[noun]!;
  const [first = made] = await ours(cloud, `${noun}s`, query);
  if (first.id !== made.id) await gone(cloud, "DELETE", `/${noun}s/${made.id}`);
  return first;
}

/** Takes something away; that it is gone already, or in use by somebody else, is no failure. */
async function gone(cloud: Cloud, method: "PUT" | "DELETE", path: string, body?: object): Promise<void> {
  await cloud.request("network", method, path, { body }).catch((error) => {
    if (!isAnswer(error, 404, 409)) throw error;
  });
}
