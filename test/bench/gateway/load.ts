/** What the gateway's benchmark measures, and where. */

/** The address of all traffic. */
export const host = "127.0.0.1";

/**
 * The kinds of load: bytes a second from and to the instance over one TCP connection, short TCP connections a
 * second (one byte there and back), and UDP datagrams a second there and back.
 */
export const loads = ["download", "upload", "connections", "packets"] as const;

/** A kind of load. */
export type Load = (typeof loads)[number];

/** Where the instance process listens, or a relay in front of it: a port for each kind of load. */
export type Ports = Record<Load, number>;
