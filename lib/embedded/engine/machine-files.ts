import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "./machine";

/** Where the machine in a folder finds its user data, when it has some. */
export function userDataFile(folder: string): string {
  return join(folder, "user-data");
}

/** Where the machine in a folder finds the keys that may log in; always there, empty without keys. */
export function authorizedKeysFile(folder: string): string {
  return join(folder, "authorized_keys");
}

/**
 * Writes what a machine is told into its folder, for this user alone. Files are the one way that keeps it out of
 * `ps`, of the environment that children inherit, and of what a program prints when it fails.
 */
export async function writeMachineFiles(folder: string, machine: Machine): Promise<void> {
  const { userData } = machine;
  if (userData === null) await rm(userDataFile(folder), { force: true });
  else await replace(userDataFile(folder), userData);
  await writeAuthorizedKeys(folder, machine.sshKeys);
}

/** Writes the keys that may log in; whoever reads the file meanwhile sees the old ones or the new ones. */
export async function writeAuthorizedKeys(folder: string, sshKeys: readonly string[]): Promise<void> {
  await replace(authorizedKeysFile(folder), sshKeys.map((key) => `${key}\n`).join(""));
}

async function replace(file: string, content: string): Promise<void> {
  const next = `${file}.new`;
  // What a killed platform left, or a link that the machine has put there, is not written through.
  await rm(next, { force: true });
  await writeFile(next, content, { mode: 0o600, flag: "wx" });
  await rename(next, file);
}
