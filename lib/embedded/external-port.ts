import {
  type Caller,
  type ExternalAsker,
  externalPortOutOfRange,
  externalPortsExhausted,
  externalPortTaken,
  foreignHolder,
  spansNearby,
  spanToAssign,
  unknownExternalIp,
} from "../contract";
import { externalHolder, highestTaken, type Outside } from "./held-ports";
import { holderOf } from "./internal-port";
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
  caller: Caller,
): Pick<PortForwardRow, "externalIp" | "externalPort"> {
  const { protocol, portCount: count, externalPort } = wish;
  if (wish.externalIp !== undefined) guardExternalIp(settings, wish.externalIp);
  const addresses = wish.externalIp === undefined ? settings.externalIps : [wish.externalIp];
  if (externalPort !== undefined) {
    const chosen = { externalIp: addresses[0]!, externalPort };
    guardExternalPort(store, settings, { ...chosen, protocol, portCount: count }, "externalPort", caller);
    return chosen;
  }
  for (const externalIp of addresses) {
    const assigned = assign(store, settings, { externalIp, protocol }, count);
    if (assigned !== undefined) return { externalIp, externalPort: assigned };
  }
  throw externalPortsExhausted(protocol, count, settings.ports, addresses);
}

/** @throws PlatformError `unknown_external_ip` */
export function guardExternalIp({ externalIps }: PlatformSettings, externalIp: string): void {
  if (!externalIps.includes(externalIp)) throw unknownExternalIp(externalIp, externalIps);
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
  asker: ExternalAsker,
  caller: Caller,
): void {
  const { ports } = settings;
  const span = { first: wanted.externalPort, count: wanted.portCount };
  const offer = () =>
    spansNearby(ports, span.first, span.count, highestTaken(store.database, wanted, wanted.id), 3);
  if (span.first < ports.from || span.first + span.count - 1 > ports.to) {
    throw externalPortOutOfRange(span, ports, offer(), asker);
  }
  const row = externalHolder(store, wanted, span, wanted.id);
  if (!row) return;
  const known = holderOf(store, row, caller);
  // How many ports somebody else has is theirs.
  const holder = { ...known, count: known === foreignHolder ? 1 : row.portCount };
  throw externalPortTaken({ ...wanted, span }, holder, offer(), asker);
}

function assign(
  { database, lastAssigned }: Store,
  { ports }: PlatformSettings,
  outside: Outside,
  count: number,
): number | undefined {
  const resource = `${outside.protocol} port of ${outside.externalIp}`;
  const first = spanToAssign(ports, lastAssigned.get(resource), count, highestTaken(database, outside));
  if (first !== undefined) lastAssigned.set(resource, first + count - 1);
  return first;
}
