/** What comes out of a UDP socket. */
export interface UdpEvents {
  /** A datagram. Its bytes are good until this returns: whoever needs them for longer copies them. */
  message(message: Uint8Array, port: number, address: string): void;
  /** What Linux reports of a datagram that was sent before: that nobody listens there, that there is no way. */
  error(error: NodeJS.ErrnoException): void;
  /** The socket could not be connected; it carries nothing. */
  failed(error: NodeJS.ErrnoException): void;
}

/** A UDP socket that carries datagrams of others: it never waits, and drops what the system does not take. */
export interface UdpSocket {
  /**
   * Sends a datagram, to a port and an address where the socket is not connected. What cannot be sent is lost, as UDP
   * may lose it at any time.
   * @returns whether it was not dropped at once
   */
  send(message: Uint8Array, port?: number, address?: string): boolean;
  /** Resolves when the socket is gone. */
  close(): Promise<void>;
}

/** A way to make UDP sockets. Addresses are IPv4 or IPv6 addresses, so that nothing is looked up. */
export interface UdpSockets {
  /** Whether a call of the system takes and sends many datagrams where there are as many. */
  readonly isBatching: boolean;
  /** @throws NodeJS.ErrnoException when it cannot be bound; no socket is left */
  bind(at: { readonly ip: string; readonly port: number }, events: UdpEvents): Promise<UdpSocket>;
  /** A socket towards an instance; what is sent before it is connected follows then. */
  connect(target: { readonly host: string; readonly port: number }, events: UdpEvents): UdpSocket;
}

/** Bytes that may wait at a socket until they are read. The kernel caps it at `net.core.rmem_max`, and takes memory only while datagrams wait. */
export const receiveBufferBytes = 1 << 20;
