import { PlatformError, type PortSpan, spanText } from "../contract";
import { spansNearby, spanToAssign } from "./allocator";
import { externalHolder, highestTaken, type Outside } from "./held-ports";
import { forwardHolder } from "./holder";
import type { PlatformSettings } from "./settings";
import type { PortForwardRow, Store } from "./store";

/** What a forward wants outside; what it does not say, the platform chooses. */
export interface Wish {
  readonly protocol: PortForwardRow["protocol"];
  readonly portCount: number;
  readonly externalIp?: string | undefined;
  readonly externalPort?: number | undefined;
}

/**
 * Gives a new forward its address and first port. What was chosen is given or refused; without a port it is the
 * first address that has room, and with one the first address. To be asked in the transaction that writes it.
 * @throws PlatformError `unknown_external_ip`, `external_port_out_of_range`, `external_port_taken` or
 * `external_ports_exhausted`
 */
export function giveExternalPort(
  store: Store,
  settings: PlatformSettings,
  wish: Wish,
): Pick<PortForwardRow, "externalIp" | "externalPort"> {
  const { protocol, portCount: count, externalPort } = wish;
  if (wish.externalIp !== undefined) guardExternalIp(settings, wish.externalIp);
  const addresses = wish.externalIp === undefined ? settings.externalIps : [wish.externalIp];
  if (externalPort !== undefined) {
    const chosen = { externalIp: addresses[0]!, externalPort };
    guardExternalPort(store, settings, { ...chosen, protocol, portCount: count }, "externalPort");
    return chosen;
  }
  for (const externalIp of addresses) {
    const assigned = assign(store, settings, { externalIp, protocol }, count);
    if (assigned !== undefined) return { externalIp, externalPort: assigned };
  }
  const { from, to } = settings.ports;
  const where = addresses.join(", ");
  throw new PlatformError(
    "external_ports_exhausted",
    count === 1
      ? `Each of the ${protocol} ports ${from} to ${to} of ${where} is held by a forward.`
      : `There are no ${count} consecutive ${protocol} ports left among ${from} to ${to} of ${where}.`,
    { field: count === 1 ? "/externalPort" : "/portCount" },
  );
}

/** @throws PlatformError `unknown_external_ip` */
export function guardExternalIp({ externalIps }: PlatformSettings, externalIp: string): void {
  if (externalIps.includes(externalIp)) return;
  throw new PlatformError(
    "unknown_external_ip",
    `externalIp is ${externalIp}, but the project has ${externalIps.join(", ")}.`,
    { field: "/externalIp", details: { known: externalIps } },
  );
}

/**
 * Refuses a span that is not in the platform's range as a whole, or has a port that another forward has.
 * @throws PlatformError `external_port_out_of_range` or `external_port_taken`, with free ones nearby
 */
export function guardExternalPort(
  store: Store,
  settings: PlatformSettings,
  wanted: Outside & Pick<PortForwardRow, "externalPort" | "portCount"> & { readonly id?: string },
  /** Which field has asked for it. */
  asker: "externalPort" | "portCount" | "externalIp" | "protocol",
): void {
  const { ports } = settings;
  const span = { first: wanted.externalPort, count: wanted.portCount };
  const offer = () =>
    spansNearby(ports, span.first, span.count, highestTaken(store.database, wanted, wanted.id), 3);
  const field = `/${asker}`;
  if (span.first < ports.from || span.first + span.count - 1 > ports.to) {
    const free = offer();
    const asked =
      span.count === 1
        ? `externalPort is ${span.first}`
        : `externalPort ${span.first} with portCount ${span.count} means ports ${spanText(span)}`;
    throw new PlatformError(
      "external_port_out_of_range",
      `${asked}, but the platform forwards ports ${ports.from} to ${ports.to}. ${offerText(free)}`,
      { field, details: { range: ports, freePorts: free.map(({ first }) => first) } },
    );
  }
  const row = externalHolder(store, wanted, span, wanted.id);
  if (!row) return;
  const holder = forwardHolder(store, row);
  const free = offer();
  const what =
    span.count === 1 && row.portCount === 1
      ? `${wanted.protocol} port ${span.first} of ${wanted.externalIp} is`
      : `${portsText(wanted.protocol, span)} of ${wanted.externalIp} overlap ${holder.details.key}, which is`;
  throw new PlatformError("external_port_taken", `${what} held by ${holder.text}. ${offerText(free)}`, {
    field,
    details: { ...holder.details, freePorts: free.map(({ first }) => first) },
  });
}

function assign(
  { database }: Store,
  { ports }: PlatformSettings,
  outside: Outside,
  count: number,
): number | undefined {
  const resource = `${outside.protocol} port of ${outside.externalIp}`;
  const last = database.first("SELECT value FROM lastAssigned WHERE resource = ?", resource)?.value;
  const first = spanToAssign(
    ports,
    last === undefined ? undefined : Number(last),
    count,
    highestTaken(database, outside),
  );
  if (first === undefined) return undefined;
  database.run(
    "INSERT OR REPLACE INTO lastAssigned (resource, value) VALUES (?, ?)",
    resource,
    first + count - 1,
  );
  return first;
}

/** `tcp port 6000`, `tcp ports 6000-6010` */
export function portsText(protocol: PortForwardRow["protocol"], span: PortSpan): string {
  return `${protocol} ${span.count === 1 ? "port" : "ports"} ${spanText(span)}`;
}

function offerText(free: readonly PortSpan[]): string {
  return free.length > 0 ? `Free nearby: ${free.map(spanText).join(", ")}.` : "No port is free.";
}
