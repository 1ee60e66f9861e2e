import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { packageFile } from "../../constructs/package-file";
import { version } from "../../provider/version";
import { UsageError } from "../failure";

/**
 * What a package.json says of fairlead, so that npm installs this one again: its version, or the
 * tarball that it came from.
 * @throws UsageError in a checkout of which no tarball was made
 */
export function ownSpecifier(): string {
  const own = dirname(packageFile("package.json"));
  const tarball = basename(dirname(own)) === "node_modules" ? installedFrom(dirname(own)) : packedIn(own);
  return tarball === undefined ? `^${version}` : `file:${tarball}`;
}

/** The tarball that npm has installed this package from; undefined for one of a registry, or by another program. */
function installedFrom(modules: string): string | undefined {
  const file = join(modules, ".package-lock.json");
  if (!existsSync(file)) return undefined;
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as {
    packages?: Record<string, { resolved?: string } | undefined>;
  };
  const resolved = packages?.["node_modules/fairlead"]?.resolved;
  return resolved?.startsWith("file:")
    ? resolve(dirname(modules), resolved.slice("file:".length))
    : undefined;
}

/** A project that took the checkout itself would load the checkout's own copy of cdktf beside its own. */
function packedIn(checkout: string): string {
  const tarball = join(checkout, `fairlead-${version}.tgz`);
  if (existsSync(tarball)) return tarball;
  throw new UsageError(
    `This fairlead is a checkout, which no other project can install. Run \`npm pack\` in ${checkout}, and then this again.`,
  );
}
