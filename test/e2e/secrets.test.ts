import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";
import { httpBody } from "../support/traffic";

// A planted secret is looked for in everything that Terraform, the provider and the platform write.

jest.setTimeout(120_000);
afterEach(cleanUp);

const reader = `
const { readFileSync } = require("node:fs");
const text = readFileSync(process.env.FAIRLEAD_USER_DATA_FILE, "utf8");
const hash = require("node:crypto").createHash("sha256").update(text).digest("hex");
require("node:http").createServer((_, answer) => answer.end(hash)).listen(8080, process.env.FAIRLEAD_PRIVATE_IP);
`;
const config = {
  images: {
    reader: {
      description: "answers with a hash of its user data",
      command: [process.execPath, "-e", reader],
      ready: { tcp: 8080 },
    },
  },
};
const configuration = (version: string) => `
variable "user_data" {
  type      = string
  ephemeral = true
}
variable "token" {
  type      = string
  ephemeral = true
}
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "web" {
  project_id           = fairlead_project.lab.id
  name                 = "web"
  image                = "reader"
  flavor               = "small"
  user_data_wo         = var.user_data
  user_data_wo_version = "${version}"
}
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8080
}
`;

/** Every file below a folder, with what is in it; a saved plan is a zip archive, whose members count one by one. */
function filesBelow(folder: string): { name: string; content: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => ({ name, path: join(folder, name) }))
    .filter(({ path }) => statSync(path).isFile())
    .flatMap(({ name, path }) => {
      const content = readFileSync(path);
      return [
        { name, content },
        ...membersOf(content).map((member, index) => ({ name: `${name}#${index}`, content: member })),
      ];
    });
}

/** The members of a zip archive: each local header is followed by a name and, as a rule, deflated bytes. */
function membersOf(archive: Buffer): Buffer[] {
  const members: Buffer[] = [];
  for (let at = archive.indexOf("PK\x03\x04"); at >= 0; at = archive.indexOf("PK\x03\x04", at + 4)) {
    const begin = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
    const deflated = archive.readUInt16LE(at + 8) === 8;
    if (deflated) members.push(inflateRawSync(archive.subarray(begin)));
  }
  return members;
}

test("user data and token are in no plan, no state, no log and no output, and arrive all the same", async () => {
  const platform: PlatformProcess = await startPlatformProcess({ config });
  const terraform = new TerraformFolder({ FAIRLEAD_ENDPOINT: platform.endpoint });
  await terraform.initialize();
  const secret = `planted-${randomBytes(12).toString("hex")}`;
  const secrets = {
    TF_VAR_user_data: `#cloud-config\npassword: ${secret}\n`,
    TF_VAR_token: platform.token,
    TF_LOG: "TRACE",
    TF_LOG_PATH: join(terraform.path, "trace.log"),
  };
  const outputs: string[] = [];
  const terraformRuns = async (command: string, ...args: string[]) => {
    const { code, output } = await terraform.launch(command, args, secrets).exit;
    outputs.push(output);
    if (code !== 0) throw new Error(output);
    return output;
  };
  const provider = 'provider "fairlead" {\n token = var.token\n}';

  terraform.write(configuration("1"), provider);
  await terraformRuns("plan", "-out=saved");
  await terraformRuns("apply", "saved");
  const page = String(terraform.resource("fairlead_port_forward.page")!.attributes.socket_address);
  const hash = await httpBody(page);
  const { createHash } = await import("node:crypto");
  expect(hash).toBe(createHash("sha256").update(secrets.TF_VAR_user_data).digest("hex"));

  // Another value with the same version is no change; another version is a new instance.
  secrets.TF_VAR_user_data += "more: yes\n";
  expect(await terraformRuns("plan")).toContain("No changes.");
  terraform.write(configuration("2"), provider);
  expect(await terraformRuns("apply", "-auto-approve")).toContain("1 added, 1 changed, 1 destroyed");
  expect(await httpBody(page)).not.toBe(hash);
  const instance = String(terraform.resource("fairlead_instance.web")!.attributes.id);
  expect(terraform.resource("fairlead_instance.web")!.attributes).toMatchObject({
    user_data_wo: null,
    user_data_wo_version: "2",
  });

  const written = filesBelow(terraform.path);
  expect(written.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["saved", "saved#0", "terraform.tfstate", "trace.log"]),
  );
  const shown = JSON.stringify(await platform.api.instances.get(instance));
  const texts = [
    ...written.map(({ name, content }) => [name, content.toString("latin1")] as const),
    ...outputs.map((output, index) => [`output ${index}`, output] as const),
    ["the platform's log", platform.launched.output()] as const,
    ["the platform's answer", shown] as const,
  ];
  for (const planted of [secret, platform.token]) {
    expect(texts.filter(([, text]) => text.includes(planted)).map(([name]) => name)).toEqual([]);
  }
});

test("a value that is refused is not repeated", async () => {
  const platform = await startPlatformProcess();
  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  terraform.write(configuration("1"));
  const { code, output } = await terraform.launch("plan", [], {
    TF_VAR_user_data: "s3cret".repeat(10_000),
    TF_VAR_token: "unused",
  }).exit;
  expect(code).toBe(1);
  expect(asOneLine(output)).toContain("user_data_wo is not shown, but user data has at most 49152 bytes.");
  expect(output).not.toContain("s3cret");
});
