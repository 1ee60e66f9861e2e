import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppFolder } from "../support/app";
import { type CompiledPackage, compilePackage } from "../support/compiled-package";

/** A platform in a process of its own, since the app blocks while it waits; it prints its port and writes each request to a file. */
const server = `
  const projects = ["ai-lab", "web"].map((name, i) => ({
    id: "prj-" + i, name, description: "", labels: {}, externalIps: ["198.51.100.1"], privateCidr: "10.0." + i + ".0/24",
    instanceQuota: null, portForwardQuota: null, ownershipId: null, revision: 1, createdAt: "2026-01-31T12:00:00.000Z",
  }));
  const made = { labels: {}, description: "", ownershipId: null, revision: 1, createdAt: "2026-01-31T12:00:00.000Z" };
  const instances = ["web", "db", "twin", "twin"].map((name, i) => ({
    ...made, id: "ins-" + i, projectId: "prj-0", name, image: "echo", flavor: "small", sshKeys: [],
    deletionProtection: false, privateIp: "10.0.0." + i, status: "active",
  }));
  const forwards = [0, 1].map((i) => ({
    ...made, id: "fwd-" + i, projectId: "prj-0", instanceId: "ins-0", protocol: "tcp", internalPort: 6000, portCount: 11,
    externalPort: 20170 + 100 * i, externalIp: "198.51.100.1", internalIp: "10.0.0.0", allowedCidrs: [], proxyProtocol: false, expiresAt: null,
    enabled: true, deletionProtection: false, socketAddress: "198.51.100.1:" + (20170 + 100 * i), status: "active",
    statusReason: null, statistics: null,
  }));
  require("node:http").createServer((request, response) => {
    require("node:fs").appendFileSync(process.argv[1], request.method + " " + request.url + "\\n");
    response.setHeader("content-type", "application/json");
    const items = /instances/.test(request.url) ? instances : /forwards/.test(request.url) ? forwards : projects;
    if (request.headers.authorization === "Bearer right") return response.end(JSON.stringify({ items, nextCursor: null }));
    response.statusCode = 401;
    response.setHeader("content-type", "application/problem+json");
    response.end(JSON.stringify({ type: "about:blank", status: 401, title: "Not authenticated", code: "unauthenticated", detail: "The token is not known.", hint: "" }));
  }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

let fairlead: CompiledPackage;
let platform: ChildProcess;
let endpoint: string;
let log: string;
let app: AppFolder;

beforeAll(async () => {
  fairlead = compilePackage();
  log = join(fairlead.folder, "requests.log");
  platform = spawn(process.execPath, ["-e", server, log], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(platform.stdout!.setEncoding("utf8"), "data");
  endpoint = `http://127.0.0.1:${line.trim()}`;
});
afterAll(() => {
  platform.kill();
  fairlead.remove();
});
beforeEach(() => {
  app = new AppFolder(fairlead);
  writeFileSync(log, "");
});
afterEach(() => app.remove());

const program = `
  const lab = fairlead.Project.fromLookup(stack, "Lab", { name: "ai-lab" });
  const web = fairlead.Project.fromLookup(stack, "Web", { name: "web" });
  console.log([lab.projectId, lab.projectName, lab.privateCidr, ...lab.externalIps, web.projectId].join(" "));
  lab.addInstance("Machine", { image: "echo", flavor: "small" }).forward(fairlead.Port.tcp(7007));
`;
const credentials = () => ({ FAIRLEAD_ENDPOINT: endpoint, FAIRLEAD_TOKEN: "right" });
const contextFile = () => join(app.folder, "fairlead.context.json");
/** Those of lookups: preflight has one of its own. */
const requests = () =>
  readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.includes("/v1/overview"));
const stackText = () => readFileSync(join(app.stack, "cdk.tf.json"), "utf8");

test("the platform is asked once; what it said is kept beside cdktf.json, and nothing is asked again", () => {
  const first = app.run(program, credentials());
  expect(first).toMatchObject({ status: 0, stdout: "prj-0 ai-lab 10.0.0.0/24 198.51.100.1 prj-1\n" });
  expect(requests()).toHaveLength(1);
  const kept = readFileSync(contextFile(), "utf8");
  const facts = (i: number, name: string) => ({
    id: `prj-${i}`,
    name,
    externalIps: ["198.51.100.1"],
    privateCidr: `10.0.${i}.0/24`,
  });
  expect(kept).toBe(
    `${JSON.stringify(
      {
        version: 1,
        answers: {
          [`project ai-lab at ${endpoint}`]: facts(0, "ai-lab"),
          [`project web at ${endpoint}`]: facts(1, "web"),
        },
      },
      null,
      2,
    )}\n`,
  );
  const synthesized = stackText();
  expect(JSON.parse(synthesized).resource.fairlead_project).toBeUndefined();

  // Without a token, and frozen: the file is enough.
  expect(app.run(program, { FAIRLEAD_ENDPOINT: endpoint, CI: "true" })).toMatchObject({
    status: 0,
    stdout: first.stdout,
  });
  expect(requests()).toHaveLength(1);
  expect(readFileSync(contextFile(), "utf8")).toBe(kept);
  expect(stackText()).toBe(synthesized);
  expect(readdirSync(app.folder).sort()).toEqual([
    "cdktf.json",
    "cdktf.out",
    "fairlead.context.json",
    "main.js",
  ]);
});

test("fifty instances and forwards of a project cost a request for each list, and one write", () => {
  const many = `
    const lab = fairlead.Project.fromLookup(stack, "Lab", { name: "ai-lab" });
    for (let i = 0; i < 24; i++) {
      const web = fairlead.Instance.fromLookup(stack, "Web" + i, { project: lab, name: i % 2 ? "db" : "web" });
      const range = fairlead.PortForward.fromLookup(stack, "Range" + i, {
        externalIp: "198.51.100.1", externalPort: 20170 + i % 11, protocol: "tcp", project: lab,
      });
      if (i < 2) console.log([web.instanceId, web.instanceName, web.privateIp, range.portForwardId, range.socketAddress].join(" "));
    }
    fairlead.Instance.fromLookup(stack, "Again", { project: lab, name: "db" }).forward(fairlead.Port.tcp(22), { allowedCidrs: ["198.51.100.0/24"] });
    console.log(require("node:fs").existsSync("fairlead.context.json"));
  `;
  const { status, stdout } = app.run(many, credentials());
  const said = "ins-0 web 10.0.0.0 fwd-0 198.51.100.1:20170\nins-1 db 10.0.0.1 fwd-0 198.51.100.1:20170\n";
  expect([status, stdout]).toEqual([0, `${said}false\n`]);
  expect(requests()).toEqual([
    "GET /v1/projects?limit=1000",
    "GET /v1/instances?projectId=prj-0&limit=1000",
    "GET /v1/port-forwards?projectId=prj-0&limit=1000",
  ]);
  const [forward] = Object.values(JSON.parse(stackText()).resource.fairlead_port_forward);
  expect(forward).toMatchObject({ instance_id: "ins-1", project_id: "prj-0", internal_port: 22 });
  expect(app.run(many, { FAIRLEAD_ENDPOINT: endpoint, CI: "true" })).toMatchObject({
    status: 0,
    stdout: `${said}true\n`,
  });
  expect(requests()).toHaveLength(3);
});

test("what was answered before an error is kept", () => {
  const failing = `fairlead.Project.fromLookup(stack, "Lab", { name: "ai-lab" }); throw new Error("mine");`;
  expect(app.run(failing, credentials()).status).toBe(1);
  expect(Object.keys(JSON.parse(readFileSync(contextFile(), "utf8")).answers)).toEqual([
    `project ai-lab at ${endpoint}`,
  ]);
});

test("the provider's endpoint is asked, and the file is found from below cdktf.json", () => {
  mkdirSync(join(app.folder, "src"));
  const { status } = app.run(
    `process.chdir("src"); new fairlead.FairleadProvider(stack, "Fairlead", { endpoint: "${endpoint}" });${program}; process.chdir("..");`,
    { FAIRLEAD_ENDPOINT: "http://127.0.0.1:1", FAIRLEAD_TOKEN: "right" },
  );
  expect(status).toBe(0);
  expect(existsSync(contextFile())).toBe(true);
});

/** The error that a run ends with, without what Node says around it. */
const errorOf = (environment: NodeJS.ProcessEnv, body = program) => {
  const { status, stderr } = app.run(body, environment);
  expect(status).toBe(1);
  return /^ConstructError: [\s\S]*?\n {4}Fix: .*$/m.exec(stderr)?.[0];
};

describe("a lookup without an answer ends with the construct's path, the key and what to do", () => {
  const missing = () => `[dev/Lab] "project ai-lab at ${endpoint}" is not in ${contextFile()}. `;

  test("with CI set, even with a token", () => {
    expect(errorOf({ ...credentials(), CI: "true" })).toBe(
      `ConstructError: ${missing()}CI is set, so the platform is not asked.\n` +
        "    Fix: Synthesize once without CI, with FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE set, and commit the file.",
    );
    expect(requests()).toEqual([]);
  });

  test("without credentials", () => {
    expect(errorOf({ FAIRLEAD_ENDPOINT: endpoint })).toBe(
      `ConstructError: ${missing()}No token is given. Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE to the token file that the platform names when it starts.\n` +
        "    Fix: Synthesize once where FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE is set, and commit the file.",
    );
    expect(errorOf({})).toContain("[dev/Lab] No platform is named. Set FAIRLEAD_ENDPOINT");
  });

  test("under jest, unless it is wanted", () => {
    expect(errorOf({ ...credentials(), JEST_WORKER_ID: "1" })).toContain(
      "Unit tests do not ask the platform.",
    );
    expect(requests()).toEqual([]);
    expect(
      app.run(program, { ...credentials(), JEST_WORKER_ID: "1", FAIRLEAD_ASK_PLATFORM: "1" }).status,
    ).toBe(0);
  });

  test("when there is none of the name", () => {
    expect(errorOf(credentials(), `fairlead.Project.fromLookup(stack, "Lab", { name: "nope" })`)).toBe(
      `ConstructError: [dev/Lab] There is no project "nope" at ${endpoint}; it has ai-lab, web.\n` +
        "    Fix: Correct the name, or make it first.",
    );
    expect(existsSync(contextFile())).toBe(false);
  });

  test("when the name is that of several", () => {
    const twin = `fairlead.Instance.fromLookup(stack, "Twin", { project: fairlead.Project.fromLookup(stack, "Lab", { name: "ai-lab" }), name: "twin" })`;
    expect(errorOf(credentials(), twin)).toBe(
      `ConstructError: [dev/Twin] "instance twin of project ai-lab at ${endpoint}" may be any of 2: ` +
        "ins-2 (made 2026-01-31T12:00:00.000Z), ins-3 (made 2026-01-31T12:00:00.000Z).\n" +
        "    Fix: Name the one that you mean by its id: fromInstanceId.",
    );
  });

  test("when no forward has the port", () => {
    const free = `fairlead.PortForward.fromLookup(stack, "Free", { externalIp: "198.51.100.1", externalPort: 20181, protocol: "tcp" })`;
    expect(errorOf(credentials(), free)).toContain(
      `[dev/Free] There is no port forward "198.51.100.1:20181/tcp" at ${endpoint}; ` +
        "it has 198.51.100.1:20170-20180/tcp, 198.51.100.1:20270-20280/tcp.",
    );
  });

  test("when the project is made by the same app", () => {
    const made = `fairlead.Instance.fromLookup(stack, "Web", { project: new fairlead.Project(stack, "New", { name: "new" }), name: "web" })`;
    expect(errorOf(credentials(), made)).toContain(
      "[dev/Web] The project dev/New is known at apply only, so nothing of it can be looked up at synthesis.",
    );
  });

  test("when the platform refuses or is away", () => {
    expect(errorOf({ ...credentials(), FAIRLEAD_TOKEN: "wrong" })).toMatch(
      /^ConstructError: \[dev\/Lab\] The lookup failed: .*\(unauthenticated\)\n {4}Fix: Set FAIRLEAD_TOKEN/,
    );
    const away = errorOf({ FAIRLEAD_ENDPOINT: "http://127.0.0.1:1", FAIRLEAD_TOKEN: "right" });
    expect(away).toMatch(/\(unreachable\)\n {4}Fix: Check that the platform runs/);
  });

  test("when the context file is not one", () => {
    writeFileSync(contextFile(), "<<<<<<< ours");
    expect(errorOf(credentials())).toContain(
      `[dev/Lab] ${contextFile()} is not a context file of version 1.`,
    );
  });

  test("when the provider's endpoint is a token", () => {
    const own = `new fairlead.FairleadProvider(stack, "Fairlead", { endpoint: new cdktf.TerraformVariable(stack, "e", {}).stringValue });`;
    expect(errorOf(credentials(), own + program)).toContain(
      "[dev/Lab] The endpoint of dev/Fairlead is a token",
    );
  });

  test("when the app is bundled without the package's files", () => {
    const file = join(fairlead.folder, "dist/constructs/lookup-child.js");
    renameSync(file, `${file}.away`);
    try {
      expect(errorOf(credentials())).toContain("If your app is bundled, mark fairlead external");
    } finally {
      renameSync(`${file}.away`, file);
    }
  });
});
