import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppFolder } from "../support/app";
import { type CompiledPackage, compilePackage } from "../support/compiled-package";

let fairlead: CompiledPackage;
let app: AppFolder;
beforeAll(() => {
  fairlead = compilePackage();
});
afterAll(() => fairlead.remove());
beforeEach(() => {
  app = new AppFolder(fairlead);
});
afterEach(() => app.remove());

const program = `
  const project = new fairlead.Project(stack, "Project", { name: "ai-lab" });
  const web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
  web.forward(fairlead.Port.tcp(443), { description: "web service" });
`;

/** Every file below a folder, with a hash of its content. */
function snapshot(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(join(folder, file)).isFile())
      .sort()
      .map((file) => [
        file,
        createHash("sha256")
          .update(readFileSync(join(folder, file)))
          .digest("hex"),
      ]),
  );
}

test("a synthesized stack is initialized by real Terraform, without a registry, also read-only", () => {
  expect(app.run(program)).toMatchObject({ status: 0 });
  const init = spawnSync("terraform", ["init", "-input=false", "-lockfile=readonly", "-no-color"], {
    cwd: app.stack,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: app.folder, CHECKPOINT_DISABLE: "1" },
  });
  expect(init.stderr).toBe("");
  expect(init.status).toBe(0);
});

test("a second synthesis gives the same, byte for byte", () => {
  app.run(program, { FAIRLEAD_ENDPOINT: "http://127.0.0.1:7878" });
  const first = snapshot(join(app.folder, "cdktf.out"));
  app.run(program, { FAIRLEAD_ENDPOINT: "http://127.0.0.1:7878" });
  expect(snapshot(join(app.folder, "cdktf.out"))).toEqual(first);
});

/** Without credentials nothing is checked on the platform, which is said as well. */
const skipped = (path: string) =>
  `[${path}] Preflight was skipped: No token is given. Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE to the token file that the platform names when it starts.\n`;

describe("which platform it is", () => {
  test("is said in one line on stderr for a stack that gets its provider", () => {
    expect(app.run(program, { FAIRLEAD_ENDPOINT: "http://127.0.0.1:7878/" })).toEqual({
      status: 0,
      stdout: "",
      stderr: `${skipped("dev/FairleadProvider")}[dev/FairleadProvider] Deploys to http://127.0.0.1:7878 (from FAIRLEAD_ENDPOINT).\n`,
    });
  });

  test("or what to set", () => {
    const { status, stderr } = app.run(program);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^\[dev\/FairleadProvider\] Preflight was skipped: no platform is named \(FAIRLEAD_ENDPOINT\)\.\n\[dev\/FairleadProvider\] No platform is named\. Set FAIRLEAD_ENDPOINT[^\n]*\n$/,
    );
  });

  test("is left to cdktf's own command where that runs the app", () => {
    const { stderr } = app.run(program, {
      FAIRLEAD_ENDPOINT: "http://127.0.0.1:7878",
      CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS: "true",
    });
    expect(stderr).toBe("");
    const { annotations } = JSON.parse(readFileSync(join(app.folder, "cdktf.out/manifest.json"), "utf8"))
      .stacks.dev;
    expect(annotations).toEqual([
      expect.objectContaining({
        level: "@cdktf/info",
        message: expect.stringMatching(/^Preflight was skipped: No token is given\./),
      }),
      expect.objectContaining({
        level: "@cdktf/info",
        message: "Deploys to http://127.0.0.1:7878 (from FAIRLEAD_ENDPOINT).",
      }),
    ]);
  });

  test("is not said where the user has a provider, nor in unit tests", () => {
    const own = `new fairlead.FairleadProvider(stack, "Fairlead", { endpoint: "http://127.0.0.1:1" });${program}`;
    expect(app.run(own).stderr).toBe(skipped("dev/Fairlead"));
    expect(app.run(program, { JEST_WORKER_ID: "1" })).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});

test("Testing.synth installs nothing, app.synth does", () => {
  app.run(`${program} cdktf.Testing.synth(stack); app.synth = () => {};`);
  expect(existsSync(app.stack)).toBe(false);
  app.run(program);
  expect(existsSync(join(app.stack, ".terraform.lock.hcl"))).toBe(true);
});

test("a CLI configuration that would hide the provider is answered with the lines to add", () => {
  writeFileSync(join(app.folder, ".terraformrc"), "provider_installation {\n  direct {}\n}\n");
  const { status, stderr } = app.run(program, { FAIRLEAD_ENDPOINT: "http://127.0.0.1:7878" });
  expect(status).toBe(0);
  expect(stderr).toContain('    path    = "terraform.d/plugins"\n');
});

test("a mistake in the props is told without the insides of the package", () => {
  const { status, stderr } = app.run(`${program} web.forward(fairlead.Port.tcp(0));`);
  expect(status).toBe(1);
  expect(stderr).toContain("ConstructError: [dev/Project/Web/Tcp0] internalPort is 0");
  // Node shows where it was thrown; the frames below the message are the user's.
  expect(stderr.slice(stderr.indexOf("ConstructError"))).not.toContain(fairlead.folder);
});
