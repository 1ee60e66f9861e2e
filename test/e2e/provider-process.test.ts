import { appendFileSync, chmodSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cleanUp } from "../support/clean-up";
import { succeeded } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { eventually } from "../support/processes";
import { asOneLine, TerraformFolder } from "../support/terraform";

// The provider as a process: killed, interrupted, not startable, and what is left of it.

jest.setTimeout(90_000);

const slowMs = 4000;
const listen = `require("node:net").createServer().listen(8080, process.env.FAIRLEAD_PRIVATE_IP)`;
const config = {
  images: {
    slow: {
      description: "takes its time",
      command: [process.execPath, "-e", `setTimeout(() => ${listen}, ${slowMs})`],
      ready: { tcp: 8080 },
    },
  },
};
const project = `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
`;
const withInstance = (image: string) => `${project}
resource "fairlead_instance" "vm" {
  project_id = fairlead_project.lab.id
  name       = "vm"
  image      = "${image}"
  flavor     = "small"
}
resource "fairlead_port_forward" "ssh" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.vm.id
  protocol      = "tcp"
  internal_port = 8080
}
`;

let platform: PlatformProcess;
let terraform: TerraformFolder;

beforeEach(async () => {
  platform = await startPlatformProcess({ config });
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
});
afterEach(cleanUp);

const providers = () =>
  terraform.processes().filter(({ commandLine }) => commandLine.includes("terraform-provider-fairlead"));
const nothingIsLeft = () =>
  eventually(() => terraform.processes().length === 0 && terraform.leftOvers().length === 0);
const instances = async () => (await platform.api.instances.list()).items;

/** An apply that has begun to make the slow instance. */
async function slowApply() {
  terraform.write(withInstance("slow"));
  const apply = terraform.launch("apply", ["-auto-approve"]);
  await eventually(async () => (await instances()).length === 1, 20_000);
  return apply;
}

test("no provider and no socket is left after an apply, or after one that fails", async () => {
  await terraform.apply(withInstance("http-hello"));
  expect(terraform.processes()).toEqual([]);
  expect(terraform.leftOvers()).toEqual([]);
  terraform.write(withInstance("nothing"));
  await terraform.fail("apply", "-auto-approve");
  expect(terraform.processes()).toEqual([]);
  expect(terraform.leftOvers()).toEqual([]);
});

test("a provider that is killed while it makes something: Terraform says so, and the next apply goes on", async () => {
  const apply = await slowApply();
  for (const { pid } of providers()) process.kill(pid, "SIGKILL");
  const { code, output } = await apply.exit;
  expect(code).toBe(1);
  const text = asOneLine(output);
  expect(text).toContain("fairlead_instance.vm: Creating...");
  expect(text).toMatch(/Error: (Request cancelled|Plugin did not respond)/);
  expect(terraform.processes()).toEqual([]);
  // What was under way is not in the state; the platform knows of it, and says so when it is in the way.
  const [orphan] = await instances();
  await terraform.succeed("apply", "-auto-approve");
  expect(terraform.resource("fairlead_instance.vm")!.attributes).toMatchObject({ status: "active" });
  const refused = await terraform.fail("destroy", "-auto-approve");
  expect(refused).toContain(`still has instance vm (${orphan!.id})`);
  await platform.api.instances.delete(orphan!.id);
  await terraform.succeed("destroy", "-auto-approve");
});

test("Ctrl-C while something is made: it ends up in the state, and the rest is made by the next apply", async () => {
  const apply = await slowApply();
  apply.signal("SIGINT");
  const { code, output } = await apply.exit;
  expect(code).toBe(1);
  expect(output).toContain("Interrupt received.");
  const [made] = await instances();
  expect(terraform.resource("fairlead_instance.vm")).toMatchObject({
    attributes: { id: made!.id, status: "active" },
  });
  expect(terraform.resource("fairlead_instance.vm")!.status).toBeUndefined();
  await nothingIsLeft();
  expect(await terraform.succeed("apply", "-auto-approve")).toContain("1 added, 0 changed, 0 destroyed");
  expect(await instances()).toHaveLength(1);
});

test("kill -9 of terraform takes the provider along, with its socket", async () => {
  const apply = await slowApply();
  expect(providers().length).toBeGreaterThan(0);
  apply.process.kill("SIGKILL");
  await nothingIsLeft();
});

test("`node` is not on PATH: init works, plan says that the provider did not start, and with `node` it does", async () => {
  const bin = join(terraform.folder, "bin");
  mkdirSync(bin);
  symlinkSync(programOnPath("terraform"), join(bin, "terraform"));
  const PATH = { PATH: bin };
  terraform.write(project);
  await succeeded(terraform.launch("init", [], PATH).exit);
  const { code, output } = await terraform.launch("plan", [], PATH).exit;
  expect(code).toBe(1);
  const text = asOneLine(output);
  expect(text).toContain("fairlead.internal/fairlead/fairlead");
  expect(text).toContain("Failed to read any lines from plugin's stdout");
  symlinkSync(process.execPath, join(bin, "node"));
  expect((await terraform.launch("plan", [], PATH).exit).output).toContain("1 to add");
});

describe("an installed provider that no longer fits", () => {
  const copies = () => {
    const releases = join(terraform.path, "terraform.d/plugins");
    return readdirSync(releases, { recursive: true, encoding: "utf8" })
      .filter((name) => /terraform-provider-fairlead_v[^/]*$/.test(name))
      .map((name) => join(releases, name));
  };

  test("its lock entry is of another build: init and plan name it, `fairlead provider install` mends it", async () => {
    terraform.write(project);
    // The systems share one file, so it is rebuilt for all of them.
    appendFileSync(copies()[0]!, "\n// another build of the same version\n");
    expect(await terraform.fail("plan")).toMatch(
      /fairlead\.internal\/fairlead\/fairlead[^"]*does not match any of the checksums recorded in the dependency lock file/,
    );
    expect(await terraform.fail("init")).toMatch(
      /doesn't match any of the checksums|does not match any of the checksums/,
    );
    await terraform.installProvider();
    await terraform.succeed("init", "-lockfile=readonly");
    expect(await terraform.changes()).toContain("1 to add");
  });

  test("it has lost its executable bit: plan says so, `fairlead provider install` mends it", async () => {
    terraform.write(project);
    for (const file of copies()) chmodSync(file, 0o644);
    expect(await terraform.fail("plan")).toContain("permission denied");
    await terraform.installProvider();
    expect(await terraform.changes()).toContain("1 to add");
  });
});

function programOnPath(name: string): string {
  const folders = process.env.PATH!.split(delimiter);
  const folder = folders.find((candidate) => {
    try {
      return readdirSync(candidate).includes(name);
    } catch {
      return false;
    }
  });
  return realpathSync(join(folder!, name));
}
