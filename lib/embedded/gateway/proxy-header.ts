import type { Socket } from "node:net";
import { parseCidr } from "../../contract";
import { unmapped } from "../../contract/address-span";

/** `\r\n\r\n\0\r\nQUIT\n`: what no other protocol begins with. */
const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
/** Version 2, command PROXY: the addresses are those of a client. */
const versionAndCommand = 0x21;
/** The address family, and STREAM: a TCP connection. */
const familyAndTransport = { 4: 0x11, 6: 0x21 } as const;
const addressBytes = { 4: 4, 6: 16 } as const;

type Ends = Pick<Socket, "remoteAddress" | "remotePort" | "localAddress" | "localPort">;

/**
 * The PROXY protocol header of version 2 that tells an instance who a client is, and which external address and port
 * it has connected to. An IPv4 client on an IPv6 socket (`::ffff:192.0.2.1`) is told as IPv4, a zone is left out.
 * Undefined when the client is gone already, and its address with it.
 */
export function proxyHeader({
  remoteAddress,
  remotePort,
  localAddress,
  localPort,
}: Ends): Buffer | undefined {
  const [client, here] = [endOf(remoteAddress), endOf(localAddress)];
  if (!client || client.family !== here?.family) return undefined;
  const { family } = client;
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(remotePort ?? 0, 0);
  ports.writeUInt16BE(localPort ?? 0, 2);
  const addresses = [client, here].map(({ network }) => bytesOf(network, addressBytes[family]));
  const rest = Buffer.concat([...addresses, ports]);
  const head = Buffer.from([versionAndCommand, familyAndTransport[family], 0, rest.length]);
  return Buffer.concat([signature, head, rest]);
}

function endOf(address = "") {
  const plain = address.replace(/%.*$/, "");
  const cidr = parseCidr(`${plain}/${plain.includes(":") ? 128 : 32}`);
  return cidr && unmapped(cidr);
}

function bytesOf(address: bigint, count: number): Buffer {
  return Buffer.from(address.toString(16).padStart(2 * count, "0"), "hex");
}
