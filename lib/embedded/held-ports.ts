import type { PortSpan } from "../contract";
import type { Database } from "./database";
import type { PortForwardRow, Store } from "./store";

/** Where external ports are: each number is there once for TCP and once for UDP. */
export type Outside = Pick<PortForwardRow, "externalIp" | "protocol">;

/** Where internal ports are. */
export interface Inside {
  readonly instanceId: string;
  readonly protocol: PortForwardRow["protocol"];
}

const inSpan = "protocol = ? AND port >= ? AND port < ? AND forwardId <> ?";
const outside = `FROM externalPorts WHERE externalIp = ? AND ${inSpan}`;
const lowestOutside = `SELECT forwardId ${outside} ORDER BY port LIMIT 1`;
const highestOutside = `SELECT port ${outside} ORDER BY port DESC LIMIT 1`;
const lowestInside = `SELECT forwardId FROM internalPorts WHERE instanceId = ? AND ${inSpan} ORDER BY port LIMIT 1`;

/**
 * Selects the forwards that have an external port, whatever the address and protocol: by a look at each of these, since
 * the port alone would have every port read.
 */
export const externalHolders = `
  WITH RECURSIVE addresses(ip) AS (
    SELECT MIN(externalIp) FROM externalPorts
    UNION ALL
    SELECT (SELECT MIN(externalIp) FROM externalPorts WHERE externalIp > ip) FROM addresses WHERE ip IS NOT NULL
  )
  SELECT forwardId FROM addresses JOIN externalPorts ON externalIp = ip
  WHERE protocol IN ('tcp', 'udp') AND port = ?`;

/** The forward that has a port of an external span, the lowest one; `except` may have all of them. */
export function externalHolder(
  { database, portForwards }: Store,
  { externalIp, protocol }: Outside,
  { first, count }: PortSpan,
  except = "",
): PortForwardRow | undefined {
  const found = database.first(lowestOutside, externalIp, protocol, first, first + count, except);
  return found && portForwards.get(String(found.forwardId));
}

/** The forward that has a port of an internal span, the lowest one; `except` may have all of them. */
export function internalHolder(
  { database, portForwards }: Store,
  { instanceId, protocol }: Inside,
  { first, count }: PortSpan,
  except = "",
): PortForwardRow | undefined {
  const found = database.first(lowestInside, instanceId, protocol, first, first + count, except);
  return found && portForwards.get(String(found.forwardId));
}

/** The highest external port of a span that a forward other than `except` has. */
export function highestTaken(
  database: Database,
  { externalIp, protocol }: Outside,
  except = "",
): (span: PortSpan) => number | undefined {
  return ({ first, count }) => {
    const found = database.first(highestOutside, externalIp, protocol, first, first + count, except);
    return found && Number(found.port);
  };
}
