import type { AddressInfo, Server } from "node:net";
import type { Address } from "./address";
import type { Certificate } from "./certificate";
import { PROTOCOL_VERSION } from "./environment";

const CORE_PROTOCOL_VERSION = 1;

/**
 * The line on stdout by which Terraform finds this process:
 * versions, network, address, and the certificate to expect, in base64 without padding (Go's RawStdEncoding:
 * padding fails, but only for two of three lengths of a certificate).
 */
export function handshakeLine(network: "unix" | "tcp", address: string, certificate?: Certificate): string {
  const encoded = certificate?.der.toString("base64").replace(/=+$/, "") ?? "";
  return `${[CORE_PROTOCOL_VERSION, PROTOCOL_VERSION, network, address, "grpc", encoded].join("|")}\n`;
}

/** Listens, and resolves with the address in Terraform's notation. */
export function listen(server: Server, address: Address): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    if (address.network === "unix") return server.listen(address.path, () => resolve(address.path));
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}
