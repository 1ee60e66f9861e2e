import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Something that the quickstart needs and does not have; the message is one line with the next step. */
export class MissingRequirement extends Error {}

const oldestTerraform = [1, 11] as const;

/**
 * Checks Node and Terraform.
 * @throws MissingRequirement
 */
export function checkTools(): void {
  checkNode();
  checkTerraform();
}

/**
 * Checks that the external ports which the program chooses are free on this machine.
 * @throws MissingRequirement
 */
export async function checkPorts(program: string): Promise<void> {
  for (const [, port] of readFileSync(program, "utf8").matchAll(/externalPort: (\d+)/g)) {
    for (const protocol of ["tcp", "udp"] as const) await checkPort(protocol, Number(port));
  }
}

function checkNode(): void {
  const node = Number(process.versions.node.split(".")[0]);
  if (node > 22) {
    throw new MissingRequirement(
      `cdktf-cli has no terminal library for Node ${process.versions.node}: run the quickstart on Node 20 or 22 (the library, the provider and the platform run on 24 too).`,
    );
  }
}

function checkTerraform(): void {
  const binary = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
  const asked = spawnSync(binary, ["version", "-json"], { encoding: "utf8" });
  if (asked.error) {
    throw new MissingRequirement(
      `${binary} was not found: install Terraform 1.11 or newer, or set TERRAFORM_BINARY_NAME to where it is.`,
    );
  }
  const text = /"terraform_version":\s*"([^"]+)"/.exec(asked.stdout)?.[1];
  const [major = 0, minor = 0] = (text ?? "").split(".").map(Number);
  if (major < oldestTerraform[0] || (major === oldestTerraform[0] && minor < oldestTerraform[1])) {
    throw new MissingRequirement(
      `${binary} is ${text ?? "of an unknown version"}, but 1.11 or newer is needed: install it, or set TERRAFORM_BINARY_NAME to where it is.`,
    );
  }
}

async function checkPort(protocol: "tcp" | "udp", port: number): Promise<void> {
  try {
    await (protocol === "tcp" ? bindTcp(port) : bindUdp(port));
  } catch (error) {
    throw new MissingRequirement(
      `${protocol} port ${port} of 127.0.0.1, which main.ts chooses, cannot be bound (${(error as NodeJS.ErrnoException).code}): ` +
        `end the program that uses it (an earlier --keep?), or choose another externalPort in examples/quickstart/main.ts.`,
    );
  }
}

function bindTcp(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
}

function bindUdp(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4").once("error", reject);
    socket.bind(port, "127.0.0.1", () => socket.close(() => resolve()));
  });
}
