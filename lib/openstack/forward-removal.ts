import { PlatformError } from "../contract";
import { type Cloud, CloudError, isAnswer } from "./cloud";
import { type FloatingIp, floatingIpsOf } from "./floating-ip";
import { rulesOf } from "./forward-access";
import type { ForwardDesk } from "./forward-desk";
import type { ForwardRecord } from "./forward-record";
import { isOurPort } from "./instance-port";
import type { NeutronForward, NeutronPort } from "./neutron";

/** Removes a forward: its rules first, so that none is left without it, and behind it what only it has needed. */
export async function removeForward(desk: ForwardDesk, record: ForwardRecord): Promise<void> {
  const { access, book, cloud, lastRemoval } = desk;
  await access.close(rulesOf(await book.current(), record.id));
  const path = `/floatingips/${record.floatingIp.id}/port_forwardings/${record.neutronId}`;
  await lastRemoval.run(await book.current(), record, () =>
    cloud.request<void>("network", "DELETE", path).catch((error) => {
      if (!isAnswer(error, 404)) throw error;
    }),
  );
  await book.note(({ records, floatingIps }) => {
    records.delete(record.id);
    const isLast = ![...records.values()].some((other) => other.floatingIp.id === record.floatingIp.id);
    const floatingIp = floatingIps.get(record.floatingIp.id);
    // Neutron parts an address from its router with the last forward.
    if (isLast && floatingIp) floatingIps.set(floatingIp.id, { ...floatingIp, router_id: null });
  });
  await tidyPort(desk, record.portId);
  await sweep(desk);
}

/**
 * Tidies up behind forwards and ports that went without us. It is nothing that somebody waits for: where it fails, it is
 * left to the next change.
 * @param ports those to look at; all where there are rules without a forward, if nothing else is said
 */
export async function sweep(desk: ForwardDesk, ports?: readonly string[]): Promise<void> {
  const { access, book, leftOver } = desk;
  try {
    for (const portId of ports ?? leftOver.ports(await book.current())) await tidyPort(desk, portId);
    await access.groups.sweep();
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof PlatformError)) throw error;
  }
}

/** Takes from a port what no forward needs any more; a parked one goes as a whole. */
export async function tidyPort(desk: ForwardDesk, portId: string): Promise<void> {
  const { access, book, cloud, leftOver } = desk;
  await leftOver.close(portId);
  const pages = await book.current();
  // A forward of others has no rule of ours, and needs no group for it.
  const ours = [...pages.records.values()].filter(({ mark }) => mark !== undefined);
  if (ours.some((record) => record.portId === portId)) return;
  await access.groups.release(portId);
  const port = pages.ports.get(portId);
  if (port?.device_id !== "" || !isOurPort(port)) return;
  if (await isForwardedTo(desk, portId)) return;
  const now = await cloud
    .request<{ port: NeutronPort }>("network", "GET", `/ports/${portId}`)
    .catch((error) => {
      if (!isAnswer(error, 404)) throw error;
    });
  if (now?.port.device_id) return;
  if (now) await removePort(desk, portId);
}

/** Deletes a port of ours, and the group that was made for it. */
export async function removePort({ access, book, cloud }: ForwardDesk, portId: string): Promise<void> {
  await cloud.request("network", "DELETE", `/ports/${portId}`).catch((error) => {
    if (!isAnswer(error, 404)) throw error;
  });
  await book.note(({ ports }) => ports.delete(portId));
  await access.groups.forget(portId);
}

/** Whether a forward, of whomever, leads to a port: deleting a port takes its forwards away without a word. */
export async function isForwardedTo({ cloud }: ForwardDesk, portId: string): Promise<boolean> {
  const addresses = await floatingIpsOf(cloud);
  const ports = await Promise.all(addresses.map((address) => portsBehind(cloud, address)));
  return ports.flat().includes(portId);
}

/** The ports that the forwards of an address lead to. Before Zed, the list of addresses has forwards without ports. */
async function portsBehind(cloud: Cloud, { id, port_forwardings }: FloatingIp): Promise<string[]> {
  const told = port_forwardings?.flatMap(({ internal_port_id }) => internal_port_id ?? []);
  if (told && told.length === port_forwardings!.length) return told;
  const path = `/floatingips/${id}/port_forwardings`;
  const forwards = await cloud.list<NeutronForward>("network", path, "port_forwardings");
  return forwards.map(({ internal_port_id }) => internal_port_id);
}
