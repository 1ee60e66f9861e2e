import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Instance, PortForward, Project } from "../../lib/contract";
import { selfSignedCertificate } from "../../lib/tfplugin/server/certificate";
import { AppFolder, type AppRun } from "../support/app";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { launch } from "../support/command";
import { type CompiledPackage, compilePackage } from "../support/compiled-package";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { eventually, processesAbout } from "../support/processes";

// One look at a real platform at synthesis, at what an apply would stumble over.

jest.setTimeout(120_000);

let fairlead: CompiledPackage;
let platform: PlatformProcess;
let app: AppFolder;
/** Somebody else's. */
let others: { project: Project; instance: Instance; forward: PortForward };

beforeAll(async () => {
  fairlead = compilePackage();
  platform = await startPlatformProcess({ config: { without: ["expiry"] } });
  const project = await platform.api.projects.create({
    ...{ name: "others", portForwardQuota: 3, ownershipId: "theirs" },
  });
  const instance = await platform.api.instances.create({
    ...{ projectId: project.id, name: "db", image: "echo", flavor: "small", ownershipId: "theirs" },
  });
  const forward = await platform.api.portForwards.create({
    ...{ projectId: project.id, instanceId: instance.id, protocol: "tcp", internalPort: 7007 },
    ...{ externalPort: 30022, ownershipId: "theirs" },
  });
  others = { project, instance, forward };
});
afterAll(async () => {
  await cleanUp();
  fairlead.remove();
});
beforeEach(() => {
  app = new AppFolder(fairlead);
});
afterEach(() => app.remove());

const credentials = () => ({
  FAIRLEAD_ENDPOINT: platform.endpoint,
  FAIRLEAD_TOKEN: platform.token,
});
const lab = `
  const { Instance, Port, Project } = fairlead;
  const from = { allowedCidrs: ["198.51.100.0/24"], description: "test" };
  const project = new Project(stack, "Lab", { name: "ai-lab" });
  const web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
`;
const synth = (body: string, environment: NodeJS.ProcessEnv = credentials()): AppRun =>
  app.run(lab + body, environment);
/** The requests that reach the platform meanwhile, which it tells in its log. */
async function requestsOf(action: () => void): Promise<string[]> {
  const marker = async () => {
    const id = randomUUID();
    const headers = { "x-request-id": id };
    await fetch(`${platform.endpoint}/health`, { headers });
    await eventually(() => platform.launched.output().includes(id));
    return platform.launched.output().length;
  };
  const before = await marker();
  action();
  const after = await marker();
  const lines = platform.launched.output().slice(before, after);
  return [...lines.matchAll(/"method":"GET","path":"(\/v1\/[^"]+)"/g)].map(([, path]) => `GET ${path}`);
}
/** What the validation says, line by line. */
function refusal({ status, stderr }: AppRun): string {
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("Validation failed") });
  return stderr;
}

test("what fits passes, in one request and without a word", async () => {
  let run: AppRun | undefined;
  const requests = await requestsOf(() => {
    run = synth(`web.forward(Port.tcp(7001), { ...from, externalPort: 30023 });`);
  });
  expect(requests).toEqual(["GET /v1/overview"]);
  expect(run?.status).toBe(0);
  expect(run?.stderr).toBe(
    `[dev/FairleadProvider] Deploys to ${platform.endpoint} (from FAIRLEAD_ENDPOINT).\n`,
  );
});

test("stacks of one app are one look at their platform, also where it gives no answer", async () => {
  const another = `
    for (const name of ["test", "prod"]) {
      const other = new cdktf.TerraformStack(app, name);
      new Project(other, "Lab", { name });
    }
  `;
  const requests = await requestsOf(() => expect(synth(another)).toMatchObject({ status: 0 }));
  expect(requests).toEqual(["GET /v1/overview"]);
  const { stderr } = synth(another, { ...credentials(), FAIRLEAD_ENDPOINT: "http://127.0.0.1:1" });
  expect(stderr.match(/Preflight was skipped: http:\/\/127\.0\.0\.1:1 gave no answer/g)).toHaveLength(3);
});

test("a chosen port that others hold, or that is out of the range, stops at the forward's path", () => {
  const said = refusal(
    synth(`
      web.forward(Port.tcp(7001), { ...from, externalPort: 30022 });
      web.forward(Port.tcpRange(9000, 9002), { ...from, externalPort: 30020 });
      web.forward(Port.udp(7001), { ...from, externalPort: 30022 });
      web.forward(Port.tcp(7002), { ...from, externalPort: 80 });
    `),
  );
  const holder = `held by port forward ${others.forward.id} of project others, to instance db; it bears the mark theirs.`;
  const choose = "Fix: Choose another `externalPort`, or leave it out: then the platform assigns one.";
  expect(said).toContain(
    `[dev/Lab/Web/Tcp7001] externalPort 30022/tcp of ${platform.externalIp} is ${holder}\n    ${choose} Free nearby: 30023, 30024, 30025.`,
  );
  expect(said).toContain(
    `[dev/Lab/Web/Tcp9000To9002] externalPort 30020-30022/tcp of ${platform.externalIp} is ${holder}\n    ${choose} Free nearby: 30023-30025`,
  );
  expect(said).toContain(
    `[dev/Lab/Web/Tcp7002] externalPort is 80, but the platform forwards ports 20000 to 32767.\n    ${choose}`,
  );
  expect(said).not.toContain("Udp7001");
});

test("images and flavors that do not exist come with the closest names", () => {
  const said = refusal(
    synth(`
      project.addInstance("A", { image: "http-helo", flavor: "small" });
      project.addInstance("B", { image: "echo", flavor: "smal" });
    `),
  );
  expect(said).toContain(
    '[dev/Lab/A] There is no image "http-helo"; did you mean "http-hello"? The platform has',
  );
  expect(said).toContain('[dev/Lab/B] There is no flavor "smal"; did you mean "small"? The platform has');
});

test("what the platform cannot do is refused where it is asked for", () => {
  const said = refusal(synth(`web.forward(Port.tcp(7001), { ...from, expiresAt: "2099-01-01T00:00:00Z" });`));
  expect(said).toContain(
    "[dev/Lab/Web/Tcp7001] expiresAt is set, but the platform lacks expiry.\n    Fix: Leave the expiry out",
  );
});

test("how many there are of a kind may be known to Terraform only", () => {
  const { status, stderr } = synth(`
    const few = new Project(stack, "Few", { name: "few", instanceQuota: 1 });
    const count = new cdktf.TerraformVariable(stack, "many", { type: "number" }).numberValue;
    few.addInstance("Many", { image: "echo", flavor: "small", count });
  `);
  expect(status).toBe(0);
  expect(stderr).toContain("Preflight: 1 not checkable, since only Terraform knows the value (count 1).");
});

test("quotas: with what others have, and of the stack alone", () => {
  const existing = `const theirs = Project.fromProjectId(stack, "Theirs", "${others.project.id}");
    const db = Instance.fromInstanceId(stack, "Db", "${others.instance.id}", { project: theirs });
    const forwards = (n) => { for (let i = 0; i < n; i++) db.forward(Port.tcp(9000 + i), from); };`;
  expect(synth(`${existing} forwards(2);`).status).toBe(0);
  expect(refusal(synth(`${existing} forwards(3);`))).toContain(
    "[dev/Db/Tcp9002] The project may have 3 port forwards (portForwardQuota), but the stack makes 3, and others have 1 in the project: from this one on there is no room.",
  );
  expect(
    refusal(
      synth(`
        const small = new Project(stack, "Small", { name: "tiny", instanceQuota: 1 });
        for (const id of ["A", "B"]) small.addInstance(id, { image: "echo", flavor: "small" });
      `),
    ),
  ).toContain("[dev/Small/B] The project may have 1 instances (instanceQuota), but the stack makes 2: from");
});

test("an instance of another project is refused, and one that nobody shows is told", () => {
  const said = refusal(
    synth(`
      const db = (id, instance) => Instance.fromInstanceId(stack, id, instance, { project });
      db("Db", "${others.instance.id}").forward(Port.tcp(1), from);
      db("Gone", "ins-gone").forward(Port.tcp(1), from);
    `),
  );
  expect(said).toContain(
    `[dev/Db/Tcp1] The instance db (${others.instance.id}) belongs to project others, but the forward to project ai-lab.`,
  );
  expect(said).toContain("[dev/Gone/Tcp1] The platform shows no instance ins-gone.");
  expect(said.slice(said.indexOf("Validation failed"))).not.toContain("ins-gone");
});

test("what only Terraform knows is counted, and Lazy values, overrides and aspects are read", () => {
  const tokens = synth(`
    const variable = new cdktf.TerraformVariable(stack, "v", {});
    project.addInstance("A", { image: variable.stringValue, flavor: "small" });
    web.forward(Port.tcp(7001), { ...from, externalPort: variable.numberValue });
    web.forward(Port.tcp(7002), { ...from, externalPort: variable.numberValue });
  `);
  expect(tokens).toMatchObject({
    status: 0,
    stderr: expect.stringContaining(
      "Preflight: 3 not checkable, since only Terraform knows the value (image 1, external_port 2).",
    ),
  });
  const said = refusal(
    synth(`
      const lazy = cdktf.Lazy.numberValue({ produce: () => 30022 });
      web.forward(Port.tcp(7001), { ...from, externalPort: lazy });
      web.forward(Port.tcp(7002), from).node.findChild("Default").addOverride("external_port", 30022);
      const late = web.forward(Port.tcp(7003), from);
      cdktf.Aspects.of(late).add({ visit: (node) => { if (node.node.id === "Default") node.externalPort = 30022; } });
    `),
  );
  for (const id of ["Tcp7001", "Tcp7002"]) {
    expect(said).toContain(`[dev/Lab/Web/${id}] externalPort 30022/tcp of ${platform.externalIp} is held by`);
  }
  expect(said).toContain("[dev/Lab/Web/Tcp7003] externalPort 30022/tcp");
});

describe("`preflight` says what happens", () => {
  const taken = (mode: string) => `
    new fairlead.FairleadProvider(stack, "P", { preflight: ${JSON.stringify(mode)} });
    web.forward(Port.tcp(7001), { ...from, externalPort: 30022 });
  `;
  test("error stops", () => {
    refusal(synth(taken("error")));
  });
  test("warn tells", () => {
    const run = synth(taken("warn"));
    expect(run.status).toBe(0);
    expect(run.stderr).toContain("[dev/Lab/Web/Tcp7001] externalPort 30022/tcp of");
  });
  test("off asks nothing", async () => {
    const requests = await requestsOf(() => {
      expect(synth(taken("off"))).toMatchObject({ status: 0, stderr: "" });
    });
    expect(requests).toEqual([]);
  });
});

test("where it cannot look, one line says so, and the synthesis goes on", () => {
  const taken = "web.forward(Port.tcp(7001), { ...from, externalPort: 30022 });";
  const skipped = (environment: NodeJS.ProcessEnv, provider = "") => {
    const { status, stderr } = synth(`${provider}${taken}`, environment);
    expect(status).toBe(0);
    return stderr.split("\n").filter((line) => line.includes("Preflight"));
  };
  const line = (text: string) => [`[dev/FairleadProvider] Preflight was skipped: ${text}`];
  expect(skipped({})).toEqual(line("no platform is named (FAIRLEAD_ENDPOINT)."));
  expect(skipped({ FAIRLEAD_ENDPOINT: platform.endpoint })).toEqual([
    expect.stringContaining("Preflight was skipped: No token is given. Set FAIRLEAD_TOKEN"),
  ]);
  expect(skipped({ ...credentials(), FAIRLEAD_TOKEN: "wrong" })).toEqual(
    line(
      `${platform.endpoint} gave no answer: The platform does not know the bearer token. (unauthenticated).`,
    ),
  );
  expect(skipped({ ...credentials(), FAIRLEAD_ENDPOINT: "http://127.0.0.1:1" })).toEqual([
    expect.stringMatching(/http:\/\/127\.0\.0\.1:1 gave no answer: .*ECONNREFUSED.*\(unreachable\)\.$/),
  ]);
  const token = `new fairlead.FairleadProvider(stack, "P", { token: new fairlead.EphemeralVariable(stack, "t").value });`;
  expect(skipped(credentials(), token)).toEqual([
    "[dev/P] Preflight was skipped: the provider's token is known to Terraform only.",
  ]);
  expect(skipped({ ...credentials(), JEST_WORKER_ID: "1" })).toEqual([]);
});

describe("a platform that is not what it should be", () => {
  const page = "web.forward(Port.tcp(7001), from);";

  test("is not waited for when it takes connections and says nothing, and no process is left", async () => {
    // While the app runs, this process does nothing: the kernel takes the connection.
    const silent = createServer().listen(0, "127.0.0.1");
    onCleanUp(() => void silent.close());
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const began = performance.now();
    const { status, stderr } = synth(page, {
      ...credentials(),
      FAIRLEAD_ENDPOINT: `http://127.0.0.1:${port}`,
    });
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining("Preflight was skipped: the platform did not answer in time."),
    });
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(processesAbout(fairlead.folder)).toEqual([]);
  });

  test("is not believed with a certificate that nobody vouches for, and that is told", async () => {
    const { pem: cert, keyPem: key } = selfSignedCertificate();
    const program = `
      const { createServer } = require("node:https");
      const server = createServer(${JSON.stringify({ cert, key })}, (_, answer) => answer.end("{}"));
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));
    `;
    const server = launch([process.execPath, "-e", program], { env: { PATH: process.env.PATH } });
    await eventually(() => server.stdout().endsWith("\n"));
    const endpoint = `https://localhost:${server.stdout().trim()}`;
    const { status, stderr } = synth(page, { ...credentials(), FAIRLEAD_ENDPOINT: endpoint });
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(/gave no answer: .*(self-signed|SELF_SIGNED).*\(unreachable\)/),
    });
  });
});

test("each of two platforms is looked at for what goes there", () => {
  const said = refusal(
    synth(`
      new fairlead.FairleadProvider(stack, "Here");
      const away = new fairlead.FairleadProvider(stack, "Away", { alias: "away", endpoint: "http://127.0.0.1:1" });
      const there = new Project(stack, "There", { name: "there", provider: away });
      const echo = there.addInstance("Echo", { image: "only-there", flavor: "small" });
      echo.forward(Port.tcp(7007), { ...from, externalPort: 30022 });
      web.forward(Port.tcp(7001), { ...from, externalPort: 30022 });
    `),
  );
  expect(said).toContain("[dev/Away] Preflight was skipped: http://127.0.0.1:1 gave no answer");
  expect(said).toContain("[dev/Lab/Web/Tcp7001] externalPort 30022/tcp");
  expect(said).not.toContain("[dev/There");
});

test("a wrong endpoint is found at synthesis, also where it is Lazy", () => {
  const provider = (endpoint: string) =>
    app.run(`new fairlead.FairleadProvider(stack, "P", { endpoint: ${endpoint} });`);
  expect(provider('"vm.example.com:80"').stderr).toContain(
    `ConstructError: [dev/P] The endpoint (from the provider's argument) is "vm.example.com:80", but it has to be a URL such as http://127.0.0.1:7878, or openstack: and the name of a cloud.\n    Fix: Correct \`endpoint\``,
  );
  expect(provider(`cdktf.Lazy.stringValue({ produce: () => "ftp://h" })`).stderr).toContain(
    '[dev/P] The endpoint (from the provider\'s argument) is "ftp://h"',
  );
  expect(provider('new cdktf.TerraformVariable(stack, "e", {}).stringValue').status).toBe(0);
  expect(provider('"openstack:lab"').status).toBe(0);
});
