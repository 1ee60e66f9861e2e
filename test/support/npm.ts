import { existsSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { freshFolder } from "./clean-up";
import { type Environment, type Finished, run, succeeded } from "./command";

/** This machine's own settings, but nothing of the npm that runs the tests. */
export function npmEnvironment(): Environment {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|FAIRLEAD_|INIT_CWD$)/.test(name));
  return Object.fromEntries(inherited);
}

/** Runs npm to its end, which has to be a success. */
export function npm(args: readonly string[], cwd: string): Promise<Finished> {
  return succeeded(run(["npm", "--prefer-offline", ...args], { cwd, env: npmEnvironment() }));
}

/** Makes a folder a project that has installed `packages`. */
export async function installPackages(folder: string, ...packages: string[]): Promise<void> {
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "empty", version: "1.0.0", private: true }),
  );
  await npm(["install", "--no-audit", "--no-fund", ...packages], folder);
}

/** Another release of Node. */
export interface NodeRelease {
  readonly node: string;
  /** A PATH on which it comes first. */
  readonly path: string;
}

/** Installs the newest Node of a major version; it goes with the test. */
export async function installNode(major: number): Promise<NodeRelease> {
  const folder = freshFolder(`fairlead-node-${major}-`);
  await npm(["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", `node@${major}`], folder);
  // The package's install script puts the program into its bin folder; where scripts are off it stays where it came.
  const system = `node-${process.platform}-${process.arch}`;
  const node = ["node/bin/node", `node/node_modules/${system}/bin/node`, `${system}/bin/node`]
    .map((name) => join(folder, "node_modules", name))
    .find((file) => existsSync(file));
  if (!node) throw new Error(`the package node@${major} has brought no program`);
  return { node, path: [dirname(node), process.env.PATH].join(delimiter) };
}
