import { PlatformError } from "./errors";
import type { Holder } from "./holder";
import type { PortRange } from "./port-assignment";
import { type PortSpan, spanText } from "./port-range";

/** The refusals of ports and addresses, worded once for every platform that keeps its own book of them. */

/** A field that can ask for an external port. */
export type ExternalAsker = "externalPort" | "portCount" | "externalIp" | "protocol";

/** A field that can ask for a port of an instance. */
export type InternalAsker = "internalPort" | "portCount" | "instanceId" | "protocol";

/** What somebody wants: ports of one protocol. */
export interface WantedPorts {
  /** Transport protocol. */
  readonly protocol: string;
  /** The ports. */
  readonly span: PortSpan;
}

/** `tcp port 6000`, `tcp ports 6000-6010` */
export function portsText(protocol: string, span: PortSpan): string {
  return `${protocol} ${span.count === 1 ? "port" : "ports"} ${spanText(span)}`;
}

/** An address that the project does not have. */
export function unknownExternalIp(externalIp: string, known: readonly string[]): PlatformError {
  return new PlatformError(
    "unknown_external_ip",
    `externalIp is ${externalIp}, but the project has ${known.join(", ") || "none"}.`,
    { field: "/externalIp", details: { known } },
  );
}

/** A span that is not in the platform's range as a whole. */
export function externalPortOutOfRange(
  span: PortSpan,
  range: PortRange,
  free: readonly PortSpan[],
  asker: ExternalAsker,
): PlatformError {
  const asked =
    span.count === 1
      ? `externalPort is ${span.first}`
      : `externalPort ${span.first} with portCount ${span.count} means ports ${spanText(span)}`;
  return new PlatformError(
    "external_port_out_of_range",
    `${asked}, but the platform forwards ports ${range.from} to ${range.to}. ${offerText(free)}`,
    { field: `/${asker}`, details: { range, freePorts: free.map(({ first }) => first) } },
  );
}

/** A span of which somebody has a port; `count` is how many ports the holder has. */
export function externalPortTaken(
  { protocol, span, externalIp }: WantedPorts & { readonly externalIp: string },
  holder: Holder & { readonly count: number },
  free: readonly PortSpan[],
  asker: ExternalAsker,
): PlatformError {
  const what =
    span.count === 1 && holder.count === 1
      ? `${protocol} port ${span.first} of ${externalIp} is`
      : holder.details.key === undefined
        ? `${portsText(protocol, span)} of ${externalIp} overlap ports`
        : `${portsText(protocol, span)} of ${externalIp} overlap ${holder.details.key}, which is`;
  return new PlatformError("external_port_taken", `${what} held by ${holder.text}. ${offerText(free)}`, {
    field: `/${asker}`,
    details: { ...holder.details, freePorts: free.map(({ first }) => first) },
  });
}

/** No address has so many consecutive free ports. */
export function externalPortsExhausted(
  protocol: string,
  count: number,
  range: PortRange,
  addresses: readonly string[],
): PlatformError {
  const where = addresses.join(", ");
  return new PlatformError(
    "external_ports_exhausted",
    count === 1
      ? `Each of the ${protocol} ports ${range.from} to ${range.to} of ${where} is held by a forward.`
      : `There are no ${count} consecutive ${protocol} ports left among ${range.from} to ${range.to} of ${where}.`,
    { field: count === 1 ? "/externalPort" : "/portCount" },
  );
}

/** A span of an instance of which a port is forwarded already; `held` is what the holder covers. */
export function internalPortTaken(
  { protocol, span, instanceId }: WantedPorts & { readonly instanceId: string },
  holder: Holder & { readonly held: PortSpan },
  asker: InternalAsker,
): PlatformError {
  const asked = `${portsText(protocol, span)} of instance ${holder.details.instanceName} (${instanceId})`;
  const already =
    span.count === 1 && holder.held.count === 1
      ? "is forwarded already"
      : `overlap ${spanText(holder.held)}, which is forwarded already`;
  return new PlatformError(
    "internal_port_taken",
    `${asked} ${already}, from ${holder.details.key}: ${holder.text}.`,
    { field: `/${asker}`, details: holder.details },
  );
}

/** An instance that is not of the forward's project. */
export function projectMismatch(
  instance: { readonly id: string; readonly name: string },
  projectId: string,
): PlatformError {
  return new PlatformError(
    "project_mismatch",
    `The instance ${instance.name} (${instance.id}) belongs to another project than the forward (${projectId}).`,
    { field: "/instanceId" },
  );
}

function offerText(free: readonly PortSpan[]): string {
  return free.length > 0 ? `Free nearby: ${free.map(spanText).join(", ")}.` : "No port is free.";
}
