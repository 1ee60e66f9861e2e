import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type CompiledPackage, compilePackage } from "../support/compiled-package";

let fairlead: CompiledPackage;
beforeAll(() => {
  fairlead = compilePackage();
});
afterAll(() => fairlead.remove());

test("importing the construct library loads neither a database nor a client, a server or the plugin", () => {
  const entry = JSON.stringify(join(fairlead.folder, "dist/index.js"));
  const program = `require(${entry}); console.log(Object.keys(require.cache).join("\\n"))`;
  const { stdout } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  const files = stdout.trim().split("\n");
  const packages = new Set(files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]));
  for (const forbidden of [
    "libsql",
    "axios",
    "hono",
    "@hono/node-server",
    "@hono/zod-openapi",
    "commander",
  ]) {
    expect(packages).not.toContain(forbidden);
  }
  const folders = files
    .filter((file) => file.startsWith(join(fairlead.folder, "dist/")))
    .map((file) => file.slice(join(fairlead.folder, "dist/").length).split("/")[0]);
  expect([...new Set(folders)].sort()).toEqual([
    "bindings",
    "connect.js",
    "constructs",
    "contract",
    "index.js",
  ]);
  expect(files).not.toContain(join(fairlead.folder, "dist/constructs/lookup-child.js"));
});
