import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where to listen: a unix socket, or a port of this host's loopback address that the system picks. */
export type Address = { readonly network: "unix"; readonly path: string } | { readonly network: "tcp" };

/** The kernel's structure has 108 bytes on Linux and 104 elsewhere, one of which ends the text. */
const LONGEST_PATH = process.platform === "linux" ? 107 : 103;

/**
 * A new address. Node cuts a socket path that is too long without a word, and Terraform then waits for a socket
 * that is not there: so a long temporary directory means TCP. So does Windows.
 */
export function newAddress(directory = process.env.PLUGIN_UNIX_SOCKET_DIR || tmpdir()): Address {
  const path = join(directory, `plugin-${randomBytes(6).toString("hex")}.sock`);
  if (process.platform === "win32" || Buffer.byteLength(path) > LONGEST_PATH) return { network: "tcp" };
  return { network: "unix", path };
}
