import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freshApp } from "../support/app";
import { cleanUp } from "../support/clean-up";
import { fairlead, succeeded } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// What real plans and states of the real Terraform look like in a report.

jest.setTimeout(120_000);

const configuration = (forwards: string) => `
variable "about" {
  default   = "s3cret"
  sensitive = true
}
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "web" {
  for_each   = toset(["a", "b"])
  project_id = fairlead_project.lab.id
  name       = "web-\${each.key}"
  image      = "http-hello"
  flavor     = "small"
}
${forwards}
`;
const page = (more: string) => `
resource "fairlead_port_forward" "page" {
  for_each      = fairlead_instance.web
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web[each.key].id
  protocol      = "tcp"
  internal_port = 8080
  description   = var.about
  ${more}
}
`;

let platform: PlatformProcess;
let terraform: TerraformFolder;

beforeEach(async () => {
  platform = await startPlatformProcess();
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
});
afterEach(cleanUp);

async function report(...args: string[]): Promise<string> {
  const ended = fairlead(["report", ...args], { cwd: terraform.path, env: terraform.environment });
  return (await succeeded(ended)).stdout;
}

async function show(file: string, ...args: string[]): Promise<void> {
  const { stdout } = await terraform.run("show", "-json", ...args);
  writeFileSync(join(terraform.path, file), stdout);
}

test("a plan, a state as shown, and a state file say the same of one stack", async () => {
  terraform.write(configuration(page('allowed_cidrs = ["198.51.100.0/24"]')));
  await terraform.succeed("plan", "-out=saved");
  await show("plan.json", "saved");
  const planned = await report("plan.json");
  expect(planned).toContain("2 forwards added, 2 instances added, 1 project added.");
  expect(planned).toMatch(
    /^\+ +ai-lab +web-a +\(at apply\)\/tcp +\(at apply\):8080 +http +198\.51\.100\.0\/24 +\(sensitive\)$/m,
  );
  expect(planned).toMatch(/^\+ +ai-lab +web-b /m);

  await terraform.succeed("apply", "saved");
  await show("state.json");
  for (const file of ["state.json", "terraform.tfstate"]) {
    const made = await report(file);
    expect(made).toMatch(
      new RegExp(
        `^ai-lab +web-a +${platform.externalIp}:\\d+/tcp +127\\.[\\d.]+:8080 +http +198\\.51\\.100\\.0/24 +\\(sensitive\\)$`,
        "m",
      ),
    );
    expect(made).not.toContain("s3cret");
  }

  terraform.write(configuration(page("")));
  await terraform.succeed("plan", "-out=saved");
  await show("plan.json", "saved");
  const comment = await report("plan.json", "--format", "markdown");
  expect(comment).toContain("**2 forwards changed.**");
  expect(comment).toMatch(/> Newly open to everyone: web-a:8080 \(http\), at 127\.[\d.]+:\d+\/tcp\./);
  expect(comment).toContain("allowed&#95;cidrs: 198.51.100.0/24 -&#62; everyone");
  expect(comment).not.toContain("s3cret");

  const refused = await fairlead(["report", "saved"], { cwd: terraform.path, env: terraform.environment });
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("Run `terraform show -json saved > plan.json` in the stack's folder");
});

test("what the exposure policy accepts is in the report of the synthesized stack, with its reason", async () => {
  const app = freshApp();
  const made = app.run(`
    const lab = new fairlead.Project(stack, "Lab", { name: "ai-lab" });
    const web = lab.addInstance("Web", { image: "echo", flavor: "small" });
    const ssh = web.forward(fairlead.Port.SSH, { description: "for the course", expiresAt: "2099-01-01T00:00:00Z" });
    fairlead.ExposurePolicy.suppress(ssh, "ssh-open-to-everyone", "Students | log in from anywhere.");
  `);
  expect(made).toMatchObject({ status: 0 });
  const text = await report(app.folder);
  expect(text).toMatch(
    /^accepted: ssh-open-to-everyone at dev\/Lab\/Web\/Tcp22: .* Reason: Students \| log in from anywhere\.$/m,
  );
  expect(await report(app.folder, "--format", "markdown")).toContain(
    "Reason: Students &#124; log in from anywhere.",
  );
  expect(await report(app.folder, "--format", "html")).toContain("Reason: Students | log in from anywhere.");
});

test("all stacks of cdktf.out are in one report, in every form", async () => {
  for (const name of ["dev", "prod"]) {
    const folder = join(terraform.path, "cdktf.out/stacks", name);
    mkdirSync(folder, { recursive: true });
    const resource = {
      fairlead_instance: { web: { name: `web-of-${name}` } },
      fairlead_port_forward: {
        f: { instance_id: `\${fairlead_instance.web.id}`, protocol: "tcp", internal_port: 22 },
      },
    };
    const stack = { "//": { metadata: { stackName: name } }, resource };
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
  }
  expect(await report("cdktf.out")).toMatch(
    /^dev: 1 forward [\s\S]*web-of-dev[\s\S]*^prod: 1 forward [\s\S]*web-of-prod/m,
  );
  expect(await report("cdktf.out/stacks/prod")).not.toContain("web-of-dev");
  for (const [file, start] of Object.entries({
    "r.html": "<!doctype html>",
    "r.svg": "<svg ",
    "r.md": "### Port",
  })) {
    expect(await report("cdktf.out", "--out", file)).toBe("");
    const text = readFileSync(join(terraform.path, file), "utf8");
    expect(text.startsWith(start)).toBe(true);
    expect(text).toContain("web-of-prod");
  }
});
