import { setTimeout as sleep } from "node:timers/promises";
import type { Platform } from "../../lib/contract";
import { openStackPlatform } from "../../lib/openstack";
import type { ScopedCloud } from "../../lib/openstack/scoped-cloud";
import { asAdministrator, contentOf, labAccount, openCloud } from "../support/openstack-lab";

/** A project that others have filled by hand: a network with a router, a floating IP, and a server. */
export interface ExistingProject {
  readonly projectId: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The platform, as somebody sees it who is a mere member. */
  readonly platform: Platform;
  /** The APIs, as the same member sees them. */
  readonly cloud: ScopedCloud;
  readonly network: ExistingNetwork;
  readonly server: { readonly id: string; readonly portId: string; readonly ip: string };
  readonly address: { readonly id: string; readonly ip: string };
}

/** A network with a way to the outside. */
export interface ExistingNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly routerId: string;
}

/** Makes such a project; it goes with the test. */
export async function existingProject(): Promise<ExistingProject> {
  const { environment, projectId } = await labAccount(["member"]);
  const cloud = await openCloud(environment);
  const network = await makeNetwork(cloud, "lan", "10.11.0.0/24");
  const [server, address] = await Promise.all([
    makeServer(cloud, network.networkId, "legacy"),
    makeAddress(cloud),
  ]);
  const platform = openStackPlatform({ version: "0.0.0" }, environment);
  return { projectId, environment, platform, cloud, network, server, address };
}

/** Everything in the project, but not how often Neutron has counted it: that goes up with each forward that comes or goes. */
export async function everythingIn({ projectId }: { readonly projectId: string }): Promise<unknown> {
  const content = await contentOf(await asAdministrator(), projectId);
  return JSON.parse(JSON.stringify(content), (name, value) =>
    ["revision_number", "updated_at", "updated"].includes(name) ? undefined : value,
  );
}

/** A second platform of the same user: another process, as far as memory goes. */
export const anotherProcess = ({ environment }: ExistingProject): Platform =>
  openStackPlatform({ version: "0.0.0" }, environment);

/** Makes an object by one API of OpenStack. */
export async function make<T>(
  cloud: ScopedCloud,
  service: "network" | "compute",
  path: string,
  noun: string,
  fields: object,
): Promise<T> {
  const answer = await cloud.request<Record<string, T>>(service, "POST", path, { body: { [noun]: fields } });
  return answer[noun]!;
}

/** A network, and a router between it and the outside. */
export async function makeNetwork(cloud: ScopedCloud, name: string, cidr: string): Promise<ExistingNetwork> {
  const { id: networkId } = await make<{ id: string }>(cloud, "network", "/networks", "network", { name });
  const { id: subnetId } = await make<{ id: string }>(cloud, "network", "/subnets", "subnet", {
    ...{ network_id: networkId, ip_version: 4, cidr },
  });
  const gateway = { network_id: await externalNetwork(cloud) };
  const { id: routerId } = await make<{ id: string }>(cloud, "network", "/routers", "router", {
    ...{ name, external_gateway_info: gateway },
  });
  await cloud.request("network", "PUT", `/routers/${routerId}/add_router_interface`, {
    body: { subnet_id: subnetId },
  });
  return { networkId, subnetId, routerId };
}

/** Removes a server, and waits until its port is gone as well. */
export async function removeServer(cloud: ScopedCloud, id: string): Promise<void> {
  const ports = () => cloud.list("network", "/ports", "ports", { device_id: id });
  await cloud.request("compute", "DELETE", `/servers/${id}`);
  while ((await ports()).length > 0) await sleep(200);
  while ((await cloud.list("compute", "/servers", "servers")).some((server) => server.id === id))
    await sleep(200);
}

/** Removes a network that no server is on any more, and its router. */
export async function removeNetwork(
  cloud: ScopedCloud,
  { networkId, subnetId, routerId }: ExistingNetwork,
): Promise<void> {
  await cloud.request("network", "PUT", `/routers/${routerId}/remove_router_interface`, {
    body: { subnet_id: subnetId },
  });
  await cloud.request("network", "DELETE", `/routers/${routerId}`);
  await cloud.request("network", "DELETE", `/networks/${networkId}`);
}

/** A server on a port that Nova makes, and takes away with it. */
export async function makeServer(
  cloud: ScopedCloud,
  networkId: string,
  name: string,
  more: object = {},
): Promise<{ id: string; portId: string; ip: string }> {
  const [image] = await cloud.list<{ id: string }>("image", "/images", "images", { name: "cirros" });
  const flavors = await cloud.list<{ id: string; name: string }>("compute", "/flavors", "flavors");
  const { id } = await make<{ id: string }>(cloud, "compute", "/servers", "server", {
    name,
    imageRef: image!.id,
    flavorRef: flavors.find((flavor) => flavor.name === "tiny")!.id,
    networks: [{ uuid: networkId }],
    ...more,
  });
  for (;;) {
    const { server } = await cloud.request<{ server: { status: string } }>(
      "compute",
      "GET",
      `/servers/${id}`,
    );
    if (server.status === "ERROR") throw new Error(`the server ${name} is in error`);
    if (server.status === "ACTIVE") break;
    await sleep(200);
  }
  const [port] = await cloud.list<{ id: string; fixed_ips: { ip_address: string }[] }>(
    ...(["network", "/ports", "ports"] as const),
    { device_id: id },
  );
  return { id, portId: port!.id, ip: port!.fixed_ips[0]!.ip_address };
}

/** A floating IP of nothing yet. */
export async function makeAddress(cloud: ScopedCloud): Promise<{ id: string; ip: string }> {
  const floating_network_id = await externalNetwork(cloud);
  const made = await make<{ id: string; floating_ip_address: string }>(
    ...([cloud, "network", "/floatingips", "floatingip", { floating_network_id }] as const),
  );
  return { id: made.id, ip: made.floating_ip_address };
}

/** Makes a forward as everybody else does. */
export const makeForward = (
  { cloud, server, address }: ExistingProject,
  fields: object,
): Promise<{ id: string }> =>
  make(cloud, "network", `/floatingips/${address.id}/port_forwardings`, "port_forwarding", {
    ...{ internal_port_id: server.portId, internal_ip_address: server.ip, protocol: "tcp", ...fields },
  });

async function externalNetwork(cloud: ScopedCloud): Promise<string> {
  const [network] = await cloud.list<{ id: string }>("network", "/networks", "networks", {
    "router:external": true,
  });
  return network!.id;
}
