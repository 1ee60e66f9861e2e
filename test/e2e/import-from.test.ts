import type { Instance, PortForward, Project } from "../../lib/contract";
import { type AppFolder, freshApp } from "../support/app";
import { cleanUp } from "../support/clean-up";
import { builtProvider } from "../support/compiled-package";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine } from "../support/terraform";

// What exists is taken over by the constructs' `importFrom`, and Terraform says that nothing else happens.

jest.setTimeout(120_000);

let platform: PlatformProcess;
let app: AppFolder;
let project: Project;
let web: Instance;
let ssh: PortForward;

beforeAll(async () => {
  platform = await startPlatformProcess();
  app = freshApp(builtProvider);
  const { projects, instances, portForwards } = platform.api;
  project = await projects.create({ name: "by hand" });
  web = await instances.create({ projectId: project.id, name: "web", image: "http-hello", flavor: "small" });
  const target = { projectId: project.id, instanceId: web.id };
  const allowedCidrs = ["198.51.100.0/24"];
  ssh = await portForwards.create({
    ...{ ...target, protocol: "tcp", internalPort: 2222 },
    ...{ description: "ssh service", allowedCidrs },
  });
  await portForwards.create({
    ...{ ...target, protocol: "udp", internalPort: 6000 },
    ...{ externalPort: 26000, portCount: 11 },
  });
});
afterAll(cleanUp);

const terraform = (command: string, ...args: string[]) =>
  asOneLine(app.succeed(platform.settings, command, ...args));

/** The stack, as code; ids and keys are told to it. */
const program = (keys: Record<"project" | "web" | "ssh" | "media", string>) => `
  const office = fairlead.Peer.ipv4("198.51.100.0/24");
  const project = new fairlead.Project(stack, "Project", { name: "by hand", importFrom: "${keys.project}" });
  const web = project.addInstance("Web", { image: "http-hello", flavor: "small", importFrom: "${keys.web}" });
  web.forward(fairlead.Port.tcp(2222), {
    description: "ssh service", allowedCidrs: [office], importFrom: "${keys.ssh}",
  });
  web.forward(fairlead.Port.udpRange(6000, 6010), { importFrom: "${keys.media}" });
`;
const keys = () => ({
  project: "by hand",
  web: "by hand/web",
  ssh: `${ssh.socketAddress}/tcp`,
  media: `by hand/${ssh.externalIp}:26000-26010/udp`,
});

test("one forward, named by what clients connect to, is one import and nothing else", () => {
  const body = `
    const project = fairlead.Project.fromProjectId(stack, "Project", "${project.id}");
    const web = fairlead.Instance.fromInstanceId(stack, "Web", "${web.id}", { project });
    web.forward(fairlead.Port.tcp(2222), {
      description: "ssh service", allowedCidrs: ["198.51.100.0/24"], importFrom: "${ssh.socketAddress}/tcp",
    });
  `;
  expect(app.run(body, platform.settings)).toMatchObject({ status: 0 });
  terraform("init", "-input=false");
  expect(terraform("plan", "-input=false")).toContain(
    "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy",
  );
});

test("a whole project is taken over as it is; later the imports change nothing", async () => {
  expect(app.run(program(keys()), platform.settings)).toMatchObject({ status: 0 });
  terraform("init", "-input=false");
  expect(terraform("plan", "-input=false")).toContain(
    "Plan: 4 to import, 0 to add, 0 to change, 0 to destroy",
  );
  terraform("apply", "-input=false", "-auto-approve");
  expect(terraform("plan", "-input=false", "-detailed-exitcode")).toContain("No changes.");
  expect((await platform.api.portForwards.get(ssh.id)).externalPort).toBe(ssh.externalPort);
});

test("what stays others' is named by its ids, and Terraform reads what clients need", () => {
  const body = `
    const page = fairlead.PortForward.fromPortForwardId(stack, "Page", "${ssh.id}");
    new cdktf.TerraformOutput(stack, "page", { value: page.url("http") + " " + page.sshCommand("ubuntu") });
  `;
  expect(app.run(body, platform.settings)).toMatchObject({ status: 0 });
  terraform("init", "-input=false");
  const planned = terraform("plan", "-input=false", "-state=none.tfstate");
  const { externalIp, externalPort } = ssh;
  expect(planned).toContain(
    `page = "http://${externalIp}:${externalPort} ssh -p ${externalPort} ubuntu@${externalIp}"`,
  );
});
