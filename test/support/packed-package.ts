import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { freshFolder } from "./clean-up";
import { root } from "./command";
import { npm } from "./npm";

/** The package as npm publishes it. */
export interface PackedPackage {
  readonly tarball: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
  readonly size: number;
  readonly unpackedSize: number;
}

/**
 * Packs what the last build has left, and builds nothing; the tarball goes with the test.
 * @param of folder of the package; by default of this one
 */
export async function packPackage(of = root): Promise<PackedPackage> {
  const folder = freshFolder();
  const { stdout } = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], of);
  const [packed] = JSON.parse(stdout);
  return { ...packed, tarball: join(folder, packed.filename) };
}

/** What the files of a folder have in them, together. */
export const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
