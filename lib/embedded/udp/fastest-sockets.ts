import { constants } from "node:os";
import { batchSockets } from "./batch-sockets";
import { nodeSockets } from "./node-sockets";
import type { UdpSockets } from "./socket";
import { loadSystemCalls, refusedCall, type SystemCalls } from "./system-calls";

let made: UdpSockets | undefined;

/**
 * Sockets that take many datagrams by one call where the optional peer `koffi` is installed; those of Node.js elsewhere.
 * @throws Error when it is installed, and cannot be loaded, or the system refuses such calls
 */
export function fastestSockets(): UdpSockets {
  // Once, for their memory and their descriptor are never given back.
  made ??= socketsOf(loadSystemCalls());
  return made;
}

/** @throws Error when the system refuses such calls */
export function socketsOf(calls: SystemCalls | undefined): UdpSockets {
  if (!calls) return nodeSockets;
  guardAllowed("recvmmsg", calls.recvmmsg(-1, 0, 0, 0, null), calls);
  // Of one datagram: for none, musl asks nobody.
  guardAllowed("sendmmsg", calls.sendmmsg(-1, 0, 1, 0), calls);
  guardAllowed("epoll_wait", calls.epoll_wait(-1, 0, 1, 0), calls);
  return batchSockets(calls);
}

/** Where calls are filtered, one for no socket at all is not told that there is none. */
function guardAllowed(name: keyof SystemCalls, result: number, calls: SystemCalls): void {
  const errno = calls.errno();
  if (result === -1 && errno === constants.errno.EBADF) return;
  throw refusedCall(name, errno);
}
