import { randomUUID } from "node:crypto";
import type { PortForward } from "../../lib/contract";
import { AppFolder, type AppRun } from "../support/app";
import { cleanUp } from "../support/clean-up";
import { type CompiledPackage, compilePackage } from "../support/compiled-package";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";

// What preflight says where the platform has what the stack declares, since an apply has made it or taken it over.

jest.setTimeout(120_000);

let fairlead: CompiledPackage;
let platform: PlatformProcess;
let app: AppFolder;
/** The only one: it leads to port 7001 of "web" in "ai-lab". */
let made: PortForward;
let deletions: (() => Promise<void>)[];

beforeAll(async () => {
  fairlead = compilePackage();
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await cleanUp();
  fairlead.remove();
});
beforeEach(() => {
  app = new AppFolder(fairlead);
});
afterEach(async () => {
  app.remove();
  for (const action of deletions) await action();
});

async function make(ownershipId: string | null): Promise<void> {
  // The connection may have been closed while this process waited for an app.
  const once = () => ({ idempotencyKey: randomUUID() });
  const project = await platform.api.projects.create({ name: "ai-lab", ownershipId }, once());
  const web = { name: "web", image: "http-hello", flavor: "small", ownershipId };
  const instance = await platform.api.instances.create({ projectId: project.id, ...web }, once());
  const page = { protocol: "tcp", internalPort: 7001, externalPort: 30030, ownershipId } as const;
  made = await platform.api.portForwards.create(
    { projectId: project.id, instanceId: instance.id, ...page },
    once(),
  );
  deletions = [
    () => platform.api.portForwards.delete(made.id),
    () => platform.api.instances.delete(instance.id),
    () => platform.api.projects.delete(project.id),
  ];
}

interface Declared {
  /** Props of the project, beside quotas that it fills. */
  readonly project?: string;
  readonly image?: string;
  /** Props of the forward. */
  readonly page?: string;
  /** What else there is. */
  readonly more?: string;
  /** What stands before it. */
  readonly provider?: string;
}

/** Declares what `make` has made. */
function synth({
  project = "",
  image = "http-hello",
  page = "",
  more = "",
  provider = "",
}: Declared): AppRun {
  return app.run(
    `
    const { Port } = fairlead;
    const from = { allowedCidrs: ["198.51.100.0/24"], description: "test" };
    ${provider}
    const lab = new fairlead.Project(stack, "Lab", { name: "ai-lab", portForwardQuota: 1, instanceQuota: 1, ${project} });
    const web = lab.addInstance("Web", { image: "${image}", flavor: "small" });
    web.forward(Port.tcp(7001), { ...from, externalPort: 30030, ${page} });
    ${more}
  `,
    { FAIRLEAD_ENDPOINT: platform.endpoint, FAIRLEAD_TOKEN: platform.token },
  );
}
/** What the stack is called now; what it has made before bears the mark "dev". */
const provider = 'new fairlead.FairleadProvider(stack, "P", { ownershipId: "new name" });';
const heldText = () => `externalPort 30030/tcp of ${platform.externalIp} is held by port forward ${made.id}`;
const takeOver = () =>
  `It leads to the same port, so it may be this one.\n    Fix: If the state does not have it, take it over: importFrom: "${platform.externalIp}:30030/tcp".`;

test("what bears the stack's own mark is the stack's: nothing is said, and a full quota is enough", async () => {
  await make("dev");
  expect(synth({})).toMatchObject({ status: 0, stderr: expect.not.stringContaining("30030") });
});

describe("what bears no mark", () => {
  beforeEach(() => make(null));

  test("and is imported is the stack's", () => {
    const page = `importFrom: "${platform.externalIp}:30030/tcp"`;
    expect(synth({ project: 'importFrom: "ai-lab"', page })).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining("30030"),
    });
  });

  test("may be what was imported before: it is told, and counts once in quotas that it fills", () => {
    expect(synth({})).toMatchObject({ status: 0, stderr: expect.stringContaining(takeOver()) });
  });

  test("leaves no room for more", () => {
    const { status, stderr } = synth({ more: "web.forward(Port.tcp(7002), from);" });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining(
        "[dev/Lab/Web/Tcp7002] The project may have 1 port forwards (portForwardQuota), but the stack makes 2: from this one on there is no room.",
      ),
    });
  });

  test("and is not declared takes up room of its own", () => {
    const declared = {
      project: "portForwardQuota: 2, instanceQuota: 2",
      more: 'lab.addInstance("Other", { image: "echo", flavor: "small" });',
    };
    expect(synth(declared)).toMatchObject({ status: 0 });
    const more = `${declared.more} web.node.defaultChild.name = "new";`;
    expect(synth({ ...declared, more }).stderr).toContain(
      "[dev/Lab/Other] The project may have 2 instances (instanceQuota), but the stack makes 2, and others have 1 in the project: from this one on there is no room.",
    );
  });

  test("is another forward where it leads to another port", () => {
    const more = 'web.node.findChild("Tcp7001").node.defaultChild.internalPort = 7002;';
    const { status, stderr } = synth({ more });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(heldText()) });
  });
});

describe("what bears another mark", () => {
  beforeEach(() => make("dev"));

  test("and leads to the same port may be what the stack has made under its old name", () => {
    const { status, stderr } = synth({ provider });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining(takeOver()) });
    expect(stderr).toContain(`${heldText()} of project ai-lab, to instance web; it bears the mark dev.`);
  });

  test("and runs may keep an image that the platform has no longer", () => {
    expect(synth({ provider, image: "gone" })).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('[dev/Lab/Web] There is no image "gone"; the platform has'),
    });
  });

  test.each([
    ["leads to another port", 'web.node.findChild("Tcp7001").node.defaultChild.internalPort = 7002;'],
    ["leads to another instance", 'web.node.defaultChild.name = "other";'],
    ["is in another project", 'lab.node.defaultChild.name = "other";'],
  ])("and %s is another forward", (_, more) => {
    const { status, stderr } = synth({ provider, more, project: "portForwardQuota: 2, instanceQuota: 2" });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(heldText()) });
    expect(stderr).toContain("Fix: Choose another `externalPort`");
  });
});
