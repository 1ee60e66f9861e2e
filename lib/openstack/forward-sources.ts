import { type Cidr, PlatformError, parseCidr } from "../contract";
import { type Cloud, isAnswer } from "./cloud";
import { forwardOf } from "./forward-access";
import type { ForwardPages } from "./forward-book";
import type { ForwardRoute } from "./forward-record";
import type { NeutronGroup, NeutronPort, NeutronRule } from "./neutron";
import { portOf } from "./port-group";

/** A forward as far as its sources go; one that is not made yet has no id. */
type Guarded = Pick<ForwardRoute, "protocol" | "internal"> & { readonly id?: string };

/** Where packets may come from. */
interface Source {
  readonly name: string;
  /** Undefined where nobody can tell which addresses that are. */
  readonly cidr: Cidr | undefined;
}

/**
 * Refuses sources that would restrict nothing, because other rules of the port let in more: rules only ever add.
 * @throws PlatformError `unsupported`
 */
export async function guardSources(
  cloud: Cloud,
  pages: ForwardPages,
  port: NeutronPort,
  forward: Guarded,
  cidrs: readonly string[],
): Promise<void> {
  if (cidrs.length === 0) return;
  guardSpelling(cidrs);
  if (port.port_security_enabled === false)
    throw unenforceable(
      `the instance's port ${port.id} has no port security`,
      "Enable it, or leave the sources out.",
    );
  const allowed = cidrs.flatMap((text) => parseCidr(text) ?? []);
  const isAllowed = ({ cidr }: Source) => cidr !== undefined && allowed.some((one) => contains(one, cidr));
  for (const groupId of port.security_groups ?? []) {
    const group = pages.groups.get(groupId) ?? (await groupOfOthers(cloud, pages, groupId));
    if (!group) {
      // One that went meanwhile is on no port any more.
      if (!(await hasGroup(cloud, port.id, groupId))) continue;
      throw unenforceable(
        `what the security group ${groupId} of the instance lets in cannot be read`,
        "Take it off the instance's port, or leave the sources out.",
      );
    }
    const isOwn = (rule: NeutronRule) =>
      portOf(group) === port.id && forward.id !== undefined && forwardOf(rule) === forward.id;
    for (const rule of group.security_group_rules) {
      if (isOwn(rule) || !reaches(rule, forward)) continue;
      const wider = (await sourcesOfRule(cloud, pages, rule)).find((source) => !isAllowed(source));
      if (wider)
        throw unenforceable(
          `the security group ${group.name} of the instance lets in ${wider.name} (rule ${rule.id})`,
          "Remove that rule, or leave the sources out.",
        );
    }
  }
}

async function hasGroup(cloud: Cloud, portId: string, groupId: string): Promise<boolean> {
  const { port } = await cloud.request<{ port: NeutronPort }>("network", "GET", `/ports/${portId}`);
  return port.security_groups?.includes(groupId) === true;
}

const unenforceable = (why: string, todo: string): PlatformError =>
  new PlatformError("unsupported", `allowedCidrs cannot be enforced: ${why}. ${todo}`, {
    field: "/allowedCidrs",
  });

/** How a rule may name a protocol: Neutron keeps numbers as they were written. */
const protocolNames: Readonly<Record<ForwardRoute["protocol"], readonly (string | null)[]>> = {
  tcp: [null, "any", "ip", "0", "tcp", "6"],
  udp: [null, "any", "ip", "0", "udp", "17"],
};

/** Whether a rule lets in packets of a forward: they are of IPv4 always. */
function reaches(rule: NeutronRule, { protocol, internal: { first, count } }: Guarded): boolean {
  return (
    rule.direction === "ingress" &&
    rule.ethertype !== "IPv6" &&
    protocolNames[protocol].includes(rule.protocol) &&
    (rule.port_range_min ?? 1) < first + count &&
    (rule.port_range_max ?? 65535) >= first
  );
}

/** Whom a rule lets in; the members of a group, which are instances, are nobody from outside. */
async function sourcesOfRule(cloud: Cloud, pages: ForwardPages, rule: NeutronRule): Promise<Source[]> {
  if (rule.remote_group_id !== null) return [];
  const { remote_ip_prefix: prefix, remote_address_group_id: addressGroup } = rule;
  if (addressGroup == null) return [{ name: prefix ?? "everyone", cidr: parseCidr(prefix ?? "0.0.0.0/0") }];
  const addresses = await addressesOf(cloud, pages, addressGroup);
  const name = `the address group ${addressGroup}`;
  return (
    addresses?.map((text) => ({ name: `${text} of ${name}`, cidr: parseCidr(text) })) ?? [
      { name, cidr: undefined },
    ]
  );
}

/** A group that the project has not made, but its port has; undefined where the project may not see it. */
function groupOfOthers(cloud: Cloud, pages: ForwardPages, id: string): Promise<NeutronGroup | undefined> {
  return readOnce<{ security_group: NeutronGroup }>(cloud, pages, `/security-groups/${id}`).then(
    (answer) => answer?.security_group,
  );
}

/** The IPv4 networks of an address group; undefined where the project may not see it. */
function addressesOf(cloud: Cloud, pages: ForwardPages, id: string): Promise<string[] | undefined> {
  return readOnce<{ address_group: { addresses: string[] } }>(cloud, pages, `/address-groups/${id}`).then(
    (answer) => answer?.address_group.addresses.filter((text) => !text.includes(":")),
  );
}

const readBeside = new WeakMap<ForwardPages, Map<string, Promise<unknown>>>();

/** Reads what the book does not list, once for as long as its pages are used; undefined where it cannot be seen. */
function readOnce<T>(cloud: Cloud, pages: ForwardPages, path: string): Promise<T | undefined> {
  const known = readBeside.get(pages) ?? new Map<string, Promise<unknown>>();
  readBeside.set(pages, known);
  const answer =
    known.get(path) ??
    cloud.request<T>("network", "GET", path).catch((error) => {
      if (isAnswer(error, 403, 404)) return undefined;
      known.delete(path);
      throw error;
    });
  known.set(path, answer);
  return answer as Promise<T | undefined>;
}

/** Neutron keeps IPv6 networks in its own spelling, and a plan would see another one each time. */
function guardSpelling(cidrs: readonly string[]): void {
  for (const [index, cidr] of cidrs.entries()) {
    const kept = cidr.includes(":") ? shortest(cidr) : cidr;
    if (kept === cidr) continue;
    throw new PlatformError(
      "invalid_argument",
      `allowedCidrs.${index} is ${JSON.stringify(cidr)}, but OpenStack keeps it in another spelling: write ${kept}.`,
      { field: `/allowedCidrs/${index}` },
    );
  }
}

function shortest(cidr: string): string {
  const [address, prefix] = cidr.split("/");
  return `${new URL(`http://[${address}]`).hostname.slice(1, -1)}/${prefix}`;
}

function contains(outer: Cidr, inner: Cidr | undefined): boolean {
  if (!inner || inner.family !== outer.family || inner.prefix < outer.prefix) return false;
  const hostBits = BigInt((outer.family === 4 ? 32 : 128) - outer.prefix);
  return inner.network >> hostBits === outer.network >> hostBits;
}
