import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUp, freshFolder } from "../support/clean-up";
import { filesThatSay } from "../support/planted";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// The token is a secret. A recognizable one is planted, and looked for in everything that a run leaves.

jest.setTimeout(60_000);

const planted = "planted-token-0123456789";

const configuration = `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "echo" {
  project_id = fairlead_project.lab.id
  name       = "echo"
  image      = "echo"
  flavor     = "small"
}
resource "fairlead_port_forward" "echo" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.echo.id
  protocol      = "tcp"
  internal_port = 7007
}
`;

let platform: PlatformProcess;

beforeEach(async () => {
  const dataDir = join(freshFolder(), "data");
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, "token"), `${planted}\n`);
  platform = await startPlatformProcess({ dataDir });
});
afterEach(cleanUp);

const filesWithToken = (folder: string) => filesThatSay(planted, folder);

async function planApplyDestroy(
  terraform: TerraformFolder,
  environment: Record<string, string>,
): Promise<string> {
  const log = join(terraform.path, "terraform.log");
  const traced = { ...environment, TF_LOG: "trace", TF_LOG_PATH: log };
  let output = "";
  for (const [command, ...args] of [
    ["plan", "-out=saved.plan"],
    ["apply", "saved.plan"],
    ["show", "-json"],
    ["show", "-json", "saved.plan"],
    ["output", "-json"],
    ["destroy", "-auto-approve"],
  ]) {
    const ended = await terraform.launch(command!, args, traced).exit;
    expect(ended).toMatchObject({ code: 0 });
    output += ended.output;
  }
  expect(readFileSync(log, "utf8")).toContain("fairlead_port_forward");
  return output;
}

test("a token from the environment is in no output, plan, state or trace", async () => {
  const terraform = new TerraformFolder({ FAIRLEAD_ENDPOINT: platform.endpoint });
  await terraform.initialize();
  terraform.write(configuration);
  expect(await planApplyDestroy(terraform, { FAIRLEAD_TOKEN: planted })).not.toContain(planted);
  expect(filesWithToken(terraform.folder)).toEqual([]);
  expect(platform.launched.output()).not.toContain(planted);
});

test("a token from an ephemeral variable neither", async () => {
  const terraform = new TerraformFolder({ FAIRLEAD_ENDPOINT: platform.endpoint });
  await terraform.initialize();
  terraform.write(
    configuration,
    'variable "token" {\n type = string\n sensitive = true\n ephemeral = true\n}\nprovider "fairlead" {\n token = var.token\n}',
  );
  expect(await planApplyDestroy(terraform, { TF_VAR_token: planted })).not.toContain(planted);
  expect(filesWithToken(terraform.folder)).toEqual([]);
});

test("a platform that refuses or does not answer does not bring the token into the error or the trace", async () => {
  const terraform = new TerraformFolder({ FAIRLEAD_TOKEN: planted });
  await terraform.initialize();
  terraform.write(`${configuration.replace('"ai-lab"', '"ai-lab"\n description = "x"')}`);
  const log = join(terraform.path, "terraform.log");
  const traced = { TF_LOG: "trace", TF_LOG_PATH: log };
  for (const endpoint of ["http://127.0.0.1:9", `${platform.endpoint}/elsewhere`]) {
    const ended = await terraform.launch("apply", ["-auto-approve"], {
      ...traced,
      FAIRLEAD_ENDPOINT: endpoint,
    }).exit;
    expect(ended.code).toBe(1);
    expect(ended.output).not.toContain(planted);
  }
  expect(filesWithToken(terraform.folder)).toEqual([]);
});
