import { createSocket, type Socket } from "node:dgram";
import { isIP } from "node:net";

/** Bytes that may wait in a socket's send queue; UDP drops beyond that instead of growing memory. */
const mostQueuedBytes = 1 << 20;

/** Datagrams that are sent without a look at the queue: asking costs a tenth of sending. */
const datagramsPerLook = 16;

/** A UDP socket of the family of an IPv4 or IPv6 address. It takes addresses only, so nothing is looked up. */
export function udpSocket(address: string): Socket {
  const type = isIP(address) === 6 ? "udp6" : "udp4";
  return createSocket({
    type,
    // The kernel caps it at `net.core.rmem_max`; it takes memory only while datagrams wait.
    recvBufferSize: 1 << 20,
    // Node would otherwise pass each datagram's address through `dns.lookup` and a tick.
    lookup: (host, _options, done) => done(null, host, type === "udp6" ? 6 : 4),
  });
}

/** The sending end of a socket: it drops what would wait too long. */
export class Sender {
  readonly #socket: Socket;
  #sent = 0;
  #full = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Sends without a callback, so that an error (ICMP, no route) is dropped like the datagram it belongs to; port and
   * address where the socket is not connected. False when the datagram was dropped for the queue is full.
   */
  send(message: Uint8Array, port?: number, address?: string): boolean {
    if (this.#full || ++this.#sent % datagramsPerLook === 0) {
      this.#full = this.#socket.getSendQueueSize() > mostQueuedBytes;
      if (this.#full) return false;
    }
    if (port === undefined) this.#socket.send(message);
    else this.#socket.send(message, port, address);
    return true;
  }
}
