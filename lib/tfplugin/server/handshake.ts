import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import type { Address } from "./address";
import type { Certificate } from "./certificate";
import { PROTOCOL_VERSION } from "./environment";
import { errorText, log } from "./log";

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

/** Listens, and resolves with the network and the address in Terraform's notation. */
export async function listen(
  server: Server,
  address: Address,
): Promise<{ readonly network: "unix" | "tcp"; readonly address: string }> {
  if (address.network === "unix") {
    try {
      await listening(server, () => server.listen(address.path));
      return { network: "unix", address: address.path };
    } catch (error) {
      // A temporary directory that cannot be written to must not stop Terraform.
      log("warn", `No socket in the temporary directory, so TCP it is: ${errorText(error)}`);
    }
  }
  await listening(server, () => server.listen(0, "127.0.0.1"));
  return { network: "tcp", address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function listening(server: Server, start: () => void): Promise<void> {
  start();
  await once(server, "listening");
}
