import { join } from "node:path";
import { cleanUp } from "../support/clean-up";
import type { Environment } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";

// What the user reads: what was given, what is allowed, the next step, and what to look for in the platform's log.

jest.setTimeout(60_000);

const resources = (forward: string, instance = 'image = "http-hello"\n flavor = "small"') => `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name = "web"
  ${instance}
}
resource "fairlead_port_forward" "page" {
  project_id = fairlead_project.lab.id
  ${forward}
}
`;
const target = 'instance_id = fairlead_instance.web.id\n protocol = "tcp"';
const page = `${target}\n internal_port = 8080`;

let platform: PlatformProcess;
let terraform: TerraformFolder;

beforeAll(async () => {
  platform = await startPlatformProcess();
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  await terraform.apply(resources(page));
});
afterAll(cleanUp);

/** What the user reads when the change is refused. */
async function refused(configuration: string): Promise<string> {
  terraform.write(configuration);
  return terraform.fail("apply", "-auto-approve");
}

/** Each part has to be there, in this order. */
function expectInOrder(text: string, parts: readonly (string | RegExp)[]): void {
  let rest = text;
  for (const part of parts) {
    const found = typeof part === "string" ? rest.indexOf(part) : rest.search(part);
    if (found < 0) throw new Error(`${part} is missing from, or comes too early in:\n${text}`);
    rest = rest.slice(found);
  }
}

/** The code, and a request id that the platform's log knows. */
function expectOrigin(text: string, code: string): void {
  const origin = /Code: (\w+)\. Request: ([\w-]+)\./.exec(text);
  expect(origin?.[1]).toBe(code);
  expect(platform.launched.output()).toContain(origin![2]!);
}

/** A project of somebody else, with an instance and a forward in it. */
async function strangers() {
  const project = await platform.api.projects.create({
    name: `strangers-${Math.random().toString(36).slice(2)}`,
  });
  const instance = await platform.api.instances.create({
    projectId: project.id,
    name: "theirs",
    image: "echo",
    flavor: "small",
  });
  return { project, instance };
}

test("an external port that is taken: who holds it, and which ones are free", async () => {
  const { project, instance } = await strangers();
  const holder = await platform.api.portForwards.create({
    projectId: project.id,
    instanceId: instance.id,
    protocol: "tcp",
    internalPort: 7007,
    externalPort: 30022,
  });
  const text = await refused(resources(`${page}\n external_port = 30022`));
  expectInOrder(text, [
    "Error: External port taken",
    "with fairlead_port_forward.page, on main.tf line",
    "external_port = 30022",
    `tcp port 30022 of ${platform.externalIp} is held by port forward ${holder.id} of project ${project.name}, to instance theirs.`,
    "Free nearby: 30023, 30021, 30024.",
    "Choose a free port, or leave the external port out and let the platform assign one.",
  ]);
  expectOrigin(text, "external_port_taken");
});

test("an external port out of the platform's range: the range, and the nearest free ports", async () => {
  const text = await refused(resources(`${page}\n external_port = 80`));
  expectInOrder(text, [
    "Error: External port out of range",
    "external_port = 80",
    "is 80, but the platform forwards ports 20000 to 32767. Free nearby: 20000",
    "Choose a port in the platform's range",
  ]);
  expectOrigin(text, "external_port_out_of_range");
});

test.each([
  [
    "internal_port = 70000",
    `${target}\n internal_port = 70000`,
    "internal_port is 70000, but a port is a whole number from 1 to 65535",
  ],
  ['protocol = "sctp"', page.replace("tcp", "sctp"), 'protocol is "sctp", but a protocol is "tcp" or "udp"'],
  [
    "external_port = 0",
    `${page}\n external_port = 0`,
    "external_port is 0, but a port is a whole number from 1 to 65535",
  ],
  [
    "proxy_protocol = true",
    `${page.replace("tcp", "udp")}\n proxy_protocol = true`,
    "proxy_protocol is true, but a forward of udp has no connections that could begin with a PROXY header. Leave it out, or forward tcp.",
  ],
  ['allowed_cidrs = ["10.0.0.5/8"]', `${page}\n allowed_cidrs = ["10.0.0.5/8"]`, "write 10.0.0.0/8"],
])("%s is found by validate, at its line, with what is allowed", async (line, forward, message) => {
  terraform.write(resources(forward));
  const text = await terraform.fail("validate");
  expectInOrder(text, ["with fairlead_port_forward.page, on main.tf line", line, message]);
  expect(text).not.toContain("Request:");
});

test.each(["image", "flavor"] as const)(
  "an unknown %s: which ones there are, before the old instance has gone",
  async (field) => {
    const instance =
      field === "image"
        ? 'image = "htpp-hello"\n flavor = "small"'
        : 'image = "http-hello"\n flavor = "tiny"';
    const [given, offer] =
      field === "image"
        ? ["htpp-hello", 'did you mean "http-hello"? The platform has http-hello, echo.']
        : ["tiny", "the platform has large, medium, small."];
    const text = await refused(resources(page, instance));
    expectInOrder(text, [
      `Error: Unknown ${field}`,
      "with fairlead_instance.web, on main.tf line",
      `${field} = "${given}"`,
      `There is no ${field} "${given}"; ${offer}`,
      `Use one of the platform's ${field}s, or add it to the platform's configuration.`,
      `Code: unknown_${field}.`,
    ]);
    terraform.write(resources(page));
    expect(await terraform.changes()).toBe("");
  },
);

test("an instance of another project: which one, and the rule", async () => {
  const { instance } = await strangers();
  const text = await refused(
    resources(`instance_id = "${instance.id}"\n protocol = "tcp"\n internal_port = 7007`),
  );
  expectInOrder(text, [
    "Error: Instance of another project",
    "instance_id",
    `The instance theirs (${instance.id}) belongs to another project than the forward`,
    "A forward may only target an instance of its own project.",
  ]);
  expectOrigin(text, "project_mismatch");
});

test("a project that is not empty: what is left in it", async () => {
  const projectId = String(terraform.resource("fairlead_project.lab")!.attributes.id);
  const left = await platform.api.instances.create({
    projectId,
    name: "by-hand",
    image: "echo",
    flavor: "small",
  });
  terraform.write(resources(page));
  const text = await terraform.fail("destroy", "-auto-approve");
  expectInOrder(text, [
    "Error: Project not empty",
    `The project ai-lab (${projectId}) still has instance by-hand (${left.id}).`,
    "Delete what is left in the project first.",
  ]);
  expectOrigin(text, "project_not_empty");
  await platform.api.instances.delete(left.id);
});

describe("settings of the provider", () => {
  /** What a plan says with other settings in the environment, or in the provider's block. */
  async function misconfigured(environment: Environment, provider = ""): Promise<string> {
    terraform.write(resources(page), provider);
    const { code, output } = await terraform.launch("plan", [], environment).exit;
    expect(code).toBe(1);
    return asOneLine(output);
  }
  const nothing = { FAIRLEAD_ENDPOINT: undefined, FAIRLEAD_TOKEN_FILE: undefined, FAIRLEAD_TOKEN: undefined };

  test("a wrong token", async () => {
    const text = await misconfigured({ FAIRLEAD_TOKEN: "wrong-token" });
    expectInOrder(text, [
      "Error: Not authenticated",
      "The platform does not know the bearer token.",
      "Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE",
    ]);
    expectOrigin(text, "unauthenticated");
    expect(text).not.toContain("wrong-token");
  });

  test("no endpoint", async () => {
    const text = await misconfigured(nothing);
    expectInOrder(text, ["No platform is named. Set FAIRLEAD_ENDPOINT", "`fairlead platform start`"]);
  });

  test("an endpoint that is no URL, at its line", async () => {
    const text = await misconfigured(nothing, 'provider "fairlead" {\n endpoint = "the-platform"\n}');
    expectInOrder(text, ['endpoint = "the-platform"', 'is "the-platform", but it has to be a URL such as']);
  });

  test("no token", async () => {
    const text = await misconfigured({ FAIRLEAD_TOKEN_FILE: undefined });
    expectInOrder(text, ["No token is given. Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE"]);
  });

  test("a token file that is missing", async () => {
    const file = join(terraform.folder, "nowhere");
    const text = await misconfigured({ FAIRLEAD_TOKEN_FILE: file });
    expectInOrder(text.replaceAll(" ", ""), [`FAIRLEAD_TOKEN_FILEnames${file},whichcannotberead(ENOENT)`]);
    expect(text).toMatch(/`fairlead platform start`|the platform names when it starts/);
  });

  test("a platform that does not answer: where it was looked for, and who said so", async () => {
    const text = await misconfigured({ FAIRLEAD_ENDPOINT: "http://127.0.0.1:9" });
    expectInOrder(text, [
      "Error: Platform unreachable",
      "got no answer from http://127.0.0.1:9 (set by FAIRLEAD_ENDPOINT): ECONNREFUSED.",
      "Check that the platform runs and that FAIRLEAD_ENDPOINT, or the provider's endpoint argument, names it.",
      "Code: unreachable.",
    ]);
  });
});
