import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { providerSource, providerVersion } from "../bindings/release";
import { lockProvider } from "./lock-file";
import { packageFile } from "./package-file";

/** How the provider is put into a directory of Terraform configuration. */
export interface ProviderInstallation {
  /**
   * Version constraint that the lock entry names, as the configuration has it.
   * @default the one that is already there
   */
  readonly constraints?: string;
  /**
   * The provider's executable.
   * @default the one that comes with this package
   */
  readonly executable?: string;
}

/**
 * Systems that Terraform and Node both run on. The provider is one script for all of them, so a directory
 * that was made on one can be used on another.
 */
export const systems = [
  "darwin_amd64",
  "darwin_arm64",
  "freebsd_amd64",
  "linux_amd64",
  "linux_arm",
  "linux_arm64",
  "windows_amd64",
  "windows_arm64",
] as const;

const fileName = `terraform-provider-fairlead_v${providerVersion}`;

/** Where the executable is, seen from the directory that Terraform runs in; the same script for all systems. */
export const installedExecutable = `terraform.d/plugins/${providerSource}/${providerVersion}/linux_amd64/${fileName}`;

/**
 * Puts the provider below `terraform.d/plugins` of a directory, where Terraform looks before it asks a
 * registry, and its hash into `.terraform.lock.hcl`. What is there already is left alone.
 * @throws Error when the package's executable is missing.
 */
export function installProvider(directory: string, options: ProviderInstallation = {}): void {
  const content = readExecutable(options.executable ?? packageFile("dist/cli/terraform-provider-fairlead"));
  const releases = join(directory, "terraform.d/plugins", providerSource);
  removeOtherReleases(releases);
  let first: string | undefined;
  for (const system of systems) {
    const file = join(releases, providerVersion, system, fileName);
    if (!holds(file, content, first)) place(file, content, first);
    first ??= file;
  }
  const lockFile = join(directory, ".terraform.lock.hcl");
  const before = existsSync(lockFile) ? readFileSync(lockFile, "utf8") : "";
  const after = lockProvider(before, {
    source: providerSource,
    version: providerVersion,
    constraints: options.constraints,
    hash: packageHash(content),
  });
  if (after !== before) replaceFile(lockFile, (temporary) => writeFileSync(temporary, after));
}

function readExecutable(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(
      `The provider's executable is missing (${file}). If your app is bundled, mark fairlead external ` +
        "(esbuild: --external:fairlead), so that it stays in node_modules; otherwise install fairlead again.",
      { cause },
    );
  }
}

/** A release that the lock entry no longer names would only travel along. */
function removeOtherReleases(releases: string): void {
  if (!existsSync(releases)) return;
  for (const release of readdirSync(releases)) {
    if (release !== providerVersion) rmSync(join(releases, release), { recursive: true });
  }
}

/** Whether a file is what it should be; one that is the same file as the first needs no second look. */
function holds(file: string, content: Buffer, first: string | undefined): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found || found.size !== content.length) return false;
  if (process.platform !== "win32" && (found.mode & 0o777) !== 0o755) return false;
  if (first !== undefined && found.ino !== 0 && found.ino === statSync(first).ino) return true;
  return readFileSync(file).equals(content);
}

/** One copy for each directory; the other systems share it where the file system can. */
function place(file: string, content: Buffer, first: string | undefined): void {
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, (temporary) => {
    try {
      if (first !== undefined) return linkSync(first, temporary);
    } catch {
      // A file system without links gets copies.
    }
    writeFileSync(temporary, content);
    chmodSync(temporary, 0o755);
  });
}

/** Never a half-written file, and no change to one that Terraform is running. */
function replaceFile(file: string, write: (temporary: string) => void): void {
  const temporary = `${file}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  write(temporary);
  renameSync(temporary, file);
}

/** Terraform's "h1" hash of a provider's package: of its files' hashes and names. Ours is one file. */
function packageHash(content: Buffer): string {
  const ofFile = createHash("sha256").update(content).digest("hex");
  return `h1:${createHash("sha256").update(`${ofFile}  ${fileName}\n`).digest("base64")}`;
}
