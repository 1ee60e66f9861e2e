import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { CdktfApp } from "../support/cdktf-app";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Finished, freshEnvironment, root, run } from "../support/command";
import { installPackages } from "../support/npm";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { processesAbout } from "../support/processes";

// Lookups and preflight however an app is run: they ask a real platform from a process of their own, and wait.

jest.setTimeout(180_000);

let platform: PlatformProcess;
let projectId: string;
/** Where ts-node is, of which the project has no need. */
let tools: string;
beforeAll(async () => {
  tools = freshFolder("fairlead-ts-node-");
  await installPackages(tools, "--legacy-peer-deps", "ts-node@10");
  platform = await startPlatformProcess();
  ({ id: projectId } = await platform.api.projects.create({ name: "ai-lab" }));
});
afterAll(cleanUp);

/** Says what it found, and whether asking left anything open; the port below the platform's range is for preflight. */
const body = `
  const open = () => process.getActiveResourcesInfo().sort().join();
  void [process.stdout, process.stderr];
  const before = open();
  const app = new App();
  const stack = new TerraformStack(app, "dev");
  const lab = Project.fromLookup(stack, "Lab", { name: "ai-lab" });
  const image = Image.fromLookup(stack, "Image", { name: "http-*" });
  lab.addInstance("Web", { image, flavor: "small" }).forward(Port.tcp(7001), {
    externalPort: 80, allowedCidrs: ["198.51.100.0/24"], description: "test",
  });
`;
const refusal = "[dev/Lab/Web/Tcp7001] externalPort is 80, but the platform forwards ports 20000 to 32767.";
const main = `
  import { App, TerraformStack } from "cdktf";
  import { Image, Port, Project } from "fairlead";
  ${body}
  try {
    app.synth();
  } catch (error) {
    console.log((error as Error).message);
  }
  console.log(lab.projectId, image.imageName, open() === before ? "nothing left" : open());
`;
/** A timer that is faked never fires; the test is over when its last line is. */
const test_ = `
  const { App, TerraformStack } = require("cdktf");
  const { Image, Port, Project } = require("fairlead");
  test("asks", () => {
    jest.useFakeTimers();
    ${body}
    let message = "";
    try { app.synth(); } catch (error) { message = error.message; }
    require("node:fs").writeFileSync("said", [message, [lab.projectId, image.imageName, open() === before ? "nothing left" : open()].join(" ")].join("\\n"));
  });
`;

/** How an app is built, if it is, and run. */
const runners: Record<string, (folder: string) => readonly string[]> = {
  compiled: (folder) => {
    build(folder, {});
    return ["main.js"];
  },
  "bundled, fairlead external": (folder) => {
    build(folder, { bundle: true, external: ["cdktf", "constructs", "fairlead"] });
    return ["main.js"];
  },
  "bundled with fairlead": (folder) => {
    build(folder, { bundle: true, external: ["cdktf", "constructs"] });
    return ["main.js"];
  },
  "with tsx": (folder) => {
    rmSync(join(folder, "main.js"));
    return ["--import", require.resolve("tsx"), "main.ts"];
  },
  "with ts-node": (folder) => {
    rmSync(join(folder, "main.js"));
    for (const types of ["typescript", "@types"])
      symlinkSync(join(root, "node_modules", types), join(folder, "node_modules", types));
    const compilerOptions = { module: "commonjs", target: "es2022", strict: true, types: ["node"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    return [join(tools, "node_modules/ts-node/dist/bin.js"), "main.ts"];
  },
  "under jest with fake timers": (folder) => {
    writeFileSync(join(folder, "main.test.js"), test_);
    writeFileSync(join(folder, "package.json"), "{}");
    return [require.resolve("jest/bin/jest"), "--detectOpenHandles", "--runInBand"];
  },
};

function build(folder: string, options: { bundle?: boolean; external?: string[] }): void {
  buildSync({
    ...{ entryPoints: [join(folder, "main.ts")], outfile: join(folder, "main.js"), allowOverwrite: true },
    ...{ platform: "node", format: "cjs", logLevel: "error", ...options },
  });
}

describe.each(Object.keys(runners))("%s", (name) => {
  let app: CdktfApp;
  let command: readonly string[];
  beforeEach(() => {
    app = new CdktfApp("");
    writeFileSync(join(app.path, "main.ts"), main);
    command = runners[name]!(app.path);
    for (const needed of ["tsx", "esbuild", "get-tsconfig", "resolve-pkg-maps"]) {
      const from = join(root, "node_modules", needed);
      if (existsSync(from)) symlinkSync(from, join(app.path, "node_modules", needed));
    }
  });
  const synth = (settings: Readonly<Record<string, string>>): Promise<Finished> =>
    run([process.execPath, ...command], {
      cwd: app.path,
      env: freshEnvironment(app.folder, { FAIRLEAD_ASK_PLATFORM: "1", ...settings }),
    });

  test("it finds what there is, is refused what cannot be, keeps the answers and leaves nothing behind", async () => {
    const { code, output, stdout } = await synth(platform.settings);
    expect({ code, output }).toEqual({ code: 0, output: expect.not.stringContaining("did not exit") });
    const file = join(app.path, "said");
    const said = existsSync(file) ? readFileSync(file, "utf8") : stdout;
    expect(said).toContain(refusal);
    expect(said).toContain(`${projectId} http-hello nothing left`);
    const { answers } = JSON.parse(readFileSync(join(app.path, "fairlead.context.json"), "utf8"));
    expect(Object.keys(answers)).toEqual([
      `image http-* at ${platform.endpoint}`,
      `project ai-lab at ${platform.endpoint}`,
    ]);
    expect(processesAbout(app.folder)).toEqual([]);
  });

  test("the cause of a failed call reaches the user", async () => {
    const { code, output } = await synth({ FAIRLEAD_ENDPOINT: "http://127.0.0.1:1", FAIRLEAD_TOKEN: "any" });
    expect(code).toBe(1);
    expect(output).toContain("[dev/Lab] The lookup failed: ");
    expect(output).toMatch(/ECONNREFUSED.*\(unreachable\)/);
    expect(processesAbout(app.folder)).toEqual([]);
  });
});
