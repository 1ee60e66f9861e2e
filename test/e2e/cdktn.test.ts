import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Environment, type Finished, freshEnvironment, root, run, succeeded } from "../support/command";
import { installPackages } from "../support/npm";
import { packPackage } from "../support/packed-package";

// CDK Terrain, the community's successor of CDKTF, under CDKTF's name: what was written against `cdktf` has to work.

jest.setTimeout(300_000);

let copy: string;
let env: Environment;

beforeAll(async () => {
  copy = freshFolder("fairlead-cdktn-");
  // Apart from the copy: temporary folders below it would find the package in its node_modules.
  env = freshEnvironment(freshFolder());
  const { tarball } = await packPackage();
  // The README's command.
  await installPackages(copy, tarball, "cdktf@npm:cdktn", "constructs@10.7");
  cpSync(join(copy, "node_modules/fairlead"), copy, { recursive: true });
  for (const path of ["tsconfig.json", "lib", "test/constructs", "test/support"])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  borrowPackages(join(root, "node_modules"), join(copy, "node_modules"));
});
afterAll(cleanUp);

/** Links to packages that are needed for the tests alone. */
function borrowPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith("@")) borrowPackages(join(from, name), join(to, name));
    // A link would lead it to the other `cdktf`.
    else if (name === "provider-null") cpSync(join(from, name), join(to, name), { recursive: true });
    else if (!name.startsWith(".") && !existsSync(join(to, name)))
      symlinkSync(realpathSync(join(from, name)), join(to, name));
  }
}

function node(...args: string[]): Promise<Finished> {
  return run([process.execPath, ...args], { cwd: copy, env });
}

test("the library compiles against it", async () => {
  const library = { extends: "./tsconfig.json", include: ["lib/index.ts"] };
  writeFileSync(join(copy, "tsconfig.library.json"), JSON.stringify(library));
  await succeeded(node("node_modules/typescript/bin/tsc", "-p", "tsconfig.library.json"));
});

test("every suite of the constructs passes with it", async () => {
  const { stdout } = await succeeded(node("-p", 'require("cdktf/package.json").name'));
  expect(stdout.trim()).toBe("cdktn");
  const { output } = await succeeded(
    node("node_modules/jest/bin/jest.js", "test/constructs", "--maxWorkers=2"),
  );
  const passed = [...output.matchAll(/^PASS test\/constructs\/(\S+)/gm)].map(([, file]) => file);
  const suites = readdirSync(join(root, "test/constructs")).filter((file) => file.endsWith(".test.ts"));
  expect(passed.sort()).toEqual(suites.sort());
});
