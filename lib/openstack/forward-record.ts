import type { PortForward, PortSpan } from "../contract";
import type { FloatingIp } from "./floating-ip";
import { decodeForwardMark, type ForwardMark } from "./forward-mark";
import { digestOf } from "./marks";
import type { NeutronForward } from "./neutron";

/** Where a forward leads from and to, as Neutron has it. */
export interface ForwardRoute {
  readonly protocol: PortForward["protocol"];
  readonly external: PortSpan;
  readonly internal: PortSpan;
  /** The port of the server, by Neutron's id. */
  readonly portId: string;
  readonly internalIp: string;
}

/** A forward of a floating IP. */
export interface ForwardRecord extends ForwardRoute {
  /** What the contract calls it by; it survives another address, which Neutron's id does not. */
  readonly id: string;
  readonly neutronId: string;
  readonly floatingIp: FloatingIp;
  /** Undefined where somebody else has made it. */
  readonly mark: ForwardMark | undefined;
  /** Text for people. */
  readonly description: string;
}

/** Reads what Neutron has; undefined for protocols that the contract does not know (Neutron takes icmp, too). */
export function toRecord(forward: NeutronForward, floatingIp: FloatingIp): ForwardRecord | undefined {
  const { protocol } = forward;
  const external = spanOf(forward.external_port_range, forward.external_port);
  const internal = spanOf(forward.internal_port_range, forward.internal_port);
  if ((protocol !== "tcp" && protocol !== "udp") || !external || !internal) return undefined;
  const mark = decodeForwardMark(forward.description ?? "");
  return {
    id: mark?.id ?? forward.id,
    neutronId: forward.id,
    floatingIp,
    protocol,
    external,
    // A range may lead to a single port: of what Neutron can, this is as close as the contract comes.
    internal: { first: internal.first, count: external.count },
    portId: forward.internal_port_id,
    internalIp: forward.internal_ip_address,
    mark,
    description: mark?.description ?? forward.description ?? "",
  };
}

/** What Neutron is sent for a route. All of it always: Neutron compares only what it is sent with what others have. */
export function toNeutron(route: ForwardRoute, description: string): Omit<NeutronForward, "id"> {
  const { protocol, portId, internalIp, internal, external } = route;
  return {
    protocol,
    internal_port_id: portId,
    internal_ip_address: internalIp,
    // Single ports by the older names, which every Neutron knows.
    ...(external.count === 1
      ? { internal_port: internal.first, external_port: external.first }
      : { internal_port_range: rangeText(internal), external_port_range: rangeText(external) }),
    description,
  };
}

/** The route in four letters: a forward whose mark has others was changed by somebody else. */
export const checkOf = ({ protocol, external, internal, portId }: ForwardRoute): string =>
  digestOf(`${protocol} ${rangeText(external)} ${rangeText(internal)} ${portId}`, 4).replaceAll("-", "_");

/** A number that stands for the forward as it is. */
export function revisionOf(record: ForwardRecord): number {
  const { mark, description } = record;
  if (mark?.check === checkOf(record)) return mark.revision;
  const content = `${rangeText(record.external)} ${rangeText(record.internal)} ${record.portId} ${record.protocol} ${description}`;
  return (
    1000 + (mark?.revision ?? 0) + Number.parseInt(Buffer.from(digestOf(content, 4)).toString("hex"), 16)
  );
}

/** When the forward was made. Neutron does not say; of one that others made, its address is at least as old. */
export const createdAtOf = ({ mark, floatingIp }: ForwardRecord): string =>
  new Date(mark?.createdAt ?? Date.parse(floatingIp.created_at)).toISOString();

const rangeText = ({ first, count }: PortSpan): string => `${first}:${first + count - 1}`;

function spanOf(range: string | null | undefined, port: number | null | undefined): PortSpan | undefined {
  if (!range) return port ? { first: port, count: 1 } : undefined;
  const [from, to] = range.split(":").map(Number);
  return { first: from!, count: to! - from! + 1 };
}
