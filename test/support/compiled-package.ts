import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** The package as it is installed: compiled, in a folder of its own, with an executable of the provider. */
export interface CompiledPackage {
  readonly folder: string;
  /** What `require("fairlead")` gives. */
  readonly library: typeof import("../../lib");
  /** Takes the folder away. */
  remove(): void;
}

const root = join(__dirname, "../..");
const library = join(root, "lib");

/** A stand-in: nothing in these tests starts the provider, Terraform only hashes it. */
const executable = "#!/bin/sh\necho stand-in\n";

/** Compiles what the construct library consists of; needs no build, and shares nothing with other tests. */
export function compilePackage(): CompiledPackage {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fairlead-package-")));
  const sources = ["", "constructs", "bindings", "contract", "http"].flatMap((name) =>
    readdirSync(join(library, name))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(library, name, file)),
  );
  buildSync({
    entryPoints: sources,
    outbase: library,
    outdir: join(folder, "dist"),
    format: "cjs",
    platform: "node",
    target: "node20",
  });
  mkdirSync(join(folder, "dist/cli"), { recursive: true });
  writeFileSync(join(folder, "dist/cli/terraform-provider-fairlead"), executable);
  chmodSync(join(folder, "dist/cli/terraform-provider-fairlead"), 0o755);
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return {
    folder,
    library: require(join(folder, "dist/index.js")),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
