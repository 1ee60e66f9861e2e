import { createHash } from "node:crypto";
import { formatCidr, ipv4ToNumber, numberToIpv4, PlatformError, parseCidr } from "../contract";
import type { PlatformSettings } from "./settings";
import type { Store } from "./store";

const projectPrefix = 24;

/**
 * A /24 of the platform's private network that no project has.
 * @throws PlatformError `private_addresses_exhausted`
 */
export function freeNetwork(store: Store, settings: PlatformSettings): string {
  const pool = parseCidr(settings.privateCidr)!;
  const count = 2 ** (projectPrefix - pool.prefix);
  const taken = new Set(store.projects.select().map((project) => project.privateCidr));
  // Platforms of one machine share its loopback addresses, so each begins somewhere else in the pool.
  const begin = createHash("sha256").update(settings.dataDir).digest().readUInt32BE();
  for (let i = 0; i < count; i++) {
    const network = pool.network + (BigInt((begin + i) % count) << BigInt(32 - projectPrefix));
    const cidr = formatCidr({ family: 4, network, prefix: projectPrefix });
    if (!taken.has(cidr)) return cidr;
  }
  throw new PlatformError(
    "private_addresses_exhausted",
    `Every private network of ${settings.privateCidr} belongs to a project.`,
  );
}

/**
 * An address of the project's network that no instance has, behind the one given out last, so that a
 * client of an instance that is gone does not meet its successor by chance.
 * @throws PlatformError `private_addresses_exhausted`
 */
export function freeAddress(store: Store, project: { id: string; privateCidr: string }): string {
  const network = parseCidr(project.privateCidr)!.network;
  const hosts = 253;
  const taken = new Set(
    store.instances.select({ where: { projectId: project.id } }).map((row) => row.privateIp),
  );
  const resource = `address of ${project.id}`;
  const last = store.lastAssigned.get(resource) ?? Number(ipv4ToNumber("0.0.0.1"));
  for (let i = 0; i < hosts; i++) {
    // Hosts 2 to 254: the first address is left to a gateway, the last one is broadcast.
    const host = 2 + ((last - 1 + i) % hosts);
    const address = numberToIpv4(network + BigInt(host));
    if (taken.has(address)) continue;
    store.lastAssigned.set(resource, host);
    return address;
  }
  throw new PlatformError(
    "private_addresses_exhausted",
    `Every address of the project's network ${project.privateCidr} belongs to an instance.`,
  );
}
