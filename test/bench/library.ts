import { join, resolve } from "node:path";
import { cleanUp, freshFolder } from "../support/clean-up";
import { installPackages } from "../support/npm";
import { bytesIn, packPackage } from "../support/packed-package";
import { atMost, median, type Row, untilExit } from "./measure";

const rounds = 15;
const library = resolve(__dirname, "../../dist");

/** What the construct library adds to an app: time to load, and room on the disk. */
export async function run(): Promise<Row[]> {
  const load = (path: string) =>
    untilExit([process.execPath, "-e", `require(${JSON.stringify(path)})`], process.env);
  const cdktf: number[] = [];
  const fairlead: number[] = [];
  for (let round = 0; round < rounds; round++) {
    cdktf.push(await load(require.resolve("cdktf")));
    fairlead.push(await load(library));
  }
  return [
    { what: 'require("cdktf"), node included', value: `${median(cdktf).toFixed(0)} ms` },
    { what: 'require("fairlead"), node included', value: `${median(fairlead).toFixed(0)} ms` },
    atMost("fairlead / cdktf", median(fairlead) / median(cdktf), 1.3),
    atMost("installed size without peers", await installedSize(), 15, " MB"),
  ];
}

/** Megabytes of the package with all that it depends on, but without what the app brings itself. */
async function installedSize(): Promise<number> {
  try {
    const project = freshFolder("fairlead-bench-");
    await installPackages(project, "--legacy-peer-deps", (await packPackage()).tarball);
    return bytesIn(join(project, "node_modules")) / 1e6;
  } finally {
    await cleanUp();
  }
}
