import { batchSockets } from "./batch-sockets";
import { nodeSockets } from "./node-sockets";
import { loadSystemCalls } from "./system-calls";
import type { UdpSockets } from "./udp-socket";

/**
 * Sockets that take many datagrams by one call where the optional peer `koffi` is installed; those of Node.js elsewhere.
 * @throws Error when it is installed and cannot be loaded
 */
export function fastestSockets(): UdpSockets {
  const calls = loadSystemCalls();
  return calls ? batchSockets(calls) : nodeSockets;
}
