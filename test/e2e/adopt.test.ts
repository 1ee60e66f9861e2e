import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import ts from "typescript";
import { listAll, type PortForward } from "../../lib/contract";
import { CdktfApp } from "../support/cdktf-app";
import { cleanUp, freshFolder } from "../support/clean-up";
import { fairlead, freshEnvironment, root, succeeded } from "../support/command";
import { textLogger } from "../support/log";
import { type ServedPlatform, servedPlatform } from "../support/served";

// What was made by hand becomes code that Terraform takes over as it is: real cdktf, real Terraform.

jest.setTimeout(300_000);
afterEach(cleanUp);

let requests: string[];
let served: ServedPlatform;

/** A platform whose requests are counted. */
async function start(): Promise<void> {
  requests = [];
  const log = textLogger((line) => requests.push(line));
  served = await servedPlatform({ log });
}

const settings = () => ({ FAIRLEAD_ENDPOINT: served.endpoint, FAIRLEAD_TOKEN: served.token });
const adopt = (...args: string[]) =>
  fairlead(["adopt", ...args], { env: { ...freshEnvironment(freshFolder()), ...settings() } });

/** What people have clicked together: some of each kind. */
const purposes = [
  { internalPort: 22, description: "ssh service", allowedCidrs: ["198.51.100.0/24", "2001:db8::/32"] },
  { internalPort: 8080, description: "웹 서비스" },
  { internalPort: 443, description: "그라파나 대시보드", labels: { team: "lab", "cost/center": "7" } },
  { internalPort: 5432, description: "DB 접속 (개발팀)", allowedCidrs: ["198.51.100.0/24", "2001:db8::/32"] },
  { internalPort: 3306, description: "" },
  { internalPort: 7000, portCount: 3, protocol: "udp", description: 'say "hi" to $\u007bvar.x} %\u007bif}' },
  { internalPort: 2222, description: "줄\n바꿈", enabled: false },
  {
    internalPort: 9000,
    expiresAt: "2036-12-31T18:00:00+09:00",
    deletionProtection: true,
    proxyProtocol: true,
  },
  { internalPort: 9001, description: "no choice", externalPort: 30001, allowedCidrs: ["0.0.0.0/0"] },
  { internalPort: 25, description: "메일" },
] as const;

/** A project with machines, each of which has all of that. */
async function clickTogether(machines: number): Promise<PortForward[]> {
  const { projects, instances, portForwards } = served.platform;
  const project = await projects.create({ name: "AI 랩" });
  const names = ["web", "학습서버", "delete", "build agent"];
  for (let i = 0; i < machines; i++) {
    const name = i < names.length ? names[i]! : `node-${i}`;
    const { id } = await instances.create({ projectId: project.id, name, image: "echo", flavor: "small" });
    for (const purpose of purposes) {
      const chosen = "externalPort" in purpose ? { externalPort: purpose.externalPort + i } : {};
      const target = { projectId: project.id, instanceId: id, protocol: "tcp" as const };
      await portForwards.create({
        ...target,
        ...(purpose as object),
        internalPort: purpose.internalPort,
        ...chosen,
      });
    }
  }
  return listAll(portForwards);
}

/** Checks a program as a user's strict compiler and linter would; resolves with what they say. */
function complaints(app: CdktfApp, file: string): string[] {
  symlinkTypes(app);
  const program = ts.createProgram([join(app.path, file)], {
    ...{ strict: true, noEmit: true, noUnusedLocals: true, noUnusedParameters: true, skipLibCheck: true },
    ...{ module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, types: [] },
  });
  const found = ts.getPreEmitDiagnostics(program).map(({ messageText }) => JSON.stringify(messageText));
  const biome = join(root, "node_modules/.bin/biome");
  writeFileSync(
    join(app.path, "biome.json"),
    readFileSync(join(root, ".biome.json"), "utf8").replace(/"vcs".*/, ""),
  );
  try {
    execFileSync(biome, ["check", "--error-on-warnings", file], { cwd: app.path, stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    found.push(`${stdout}${stderr}`);
  }
  return found;
}

function symlinkTypes(app: CdktfApp): void {
  const types = join(app.path, "node_modules/@types");
  mkdirSync(types, { recursive: true });
  if (!existsSync(join(types, "node")))
    symlinkSync(join(root, "node_modules/@types/node"), join(types, "node"));
}

/** An app whose program is what `adopt` wrote. */
function appOf(file: string): CdktfApp {
  const app = new CdktfApp("", settings());
  const program = readFileSync(file, "utf8");
  writeFileSync(join(app.path, "lab.ts"), program);
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  app.write(ts.transpileModule(program, { compilerOptions }).outputText);
  return app;
}

/** What a diff comes to. */
async function summary(app: CdktfApp, ...stacks: string[]): Promise<string> {
  const output = stripVTControlCharacters(await app.succeed("diff", ...stacks));
  return /Plan: [^.]*|No changes/.exec(output)?.[0] ?? output;
}

test("300 forwards: 300 to import, nothing else, in few requests; without the file nothing is destroyed", async () => {
  await start();
  const before = await clickTogether(30);
  expect(before).toHaveLength(300);
  const file = join(freshFolder(), "adopted", "lab.ts");
  requests.length = 0;
  const { stdout, stderr } = await succeeded(adopt("--project", "AI 랩", "--out", file));
  expect(requests.length).toBeLessThanOrEqual(4);
  expect([stdout, stderr]).toEqual([
    "",
    expect.stringMatching(/^300 forwards of 30 instances in AI 랩\.\nNext: /),
  ]);
  const app = appOf(file);
  expect(complaints(app, "lab.ts")).toEqual([]);
  requests.length = 0;
  expect(await summary(app)).toBe("Plan: 300 to import, 0 to add, 0 to change, 0 to destroy");
  expect(requests.length).toBeLessThanOrEqual(10);
  await app.succeed("deploy", "--auto-approve");
  const forwards = await listAll(served.platform.portForwards);
  expect(forwards.map(withoutUse)).toEqual(before.map(withoutUse));
  expect(await summary(app)).toBe("No changes");
  // The file is gone, and its stack with it.
  app.write(
    'const { App, TerraformStack } = require("cdktf"); const app = new App(); new TerraformStack(app, "other"); app.synth();',
  );
  rmSync(join(app.path, "lab.ts"));
  await app.succeed("deploy", "*", "--auto-approve");
  expect(await listAll(served.platform.portForwards)).toHaveLength(300);
});

const withoutUse = ({ statistics: _, ...forward }: PortForward) => forward;

test("with --instances these and the project are imported as well, as they are", async () => {
  await start();
  await clickTogether(4);
  const { stdout } = await succeeded(adopt("--instances"));
  const file = join(freshFolder(), "lab.ts");
  writeFileSync(file, stdout);
  const app = appOf(file);
  expect(complaints(app, "lab.ts")).toEqual([]);
  expect(await summary(app)).toBe("Plan: 45 to import, 0 to add, 0 to change, 0 to destroy");
});

test("odd names: a program that compiles, synthesizes, and imports what it says", async () => {
  await start();
  const { projects, instances, portForwards } = served.platform;
  const allowedCidrs = ["198.51.100.0/24"];
  for (const name of ["x-ray", "xray", "object"]) {
    const { id: projectId } = await projects.create({ name });
    const machine = { projectId, image: "echo", flavor: "small" };
    for (const called of ["id", "scope", "as-found", "ssh sources", "web"]) {
      const { id: instanceId } = await instances.create({ ...machine, name: called });
      const target = { projectId, instanceId, protocol: "tcp" as const };
      await portForwards.create({ ...target, internalPort: 22, description: "ssh", allowedCidrs });
      await portForwards.create({ ...target, internalPort: 2222, description: "ssh" });
    }
    // One more of the name, which this code has nothing to do with.
    await instances.create({ ...machine, name: "web", ownershipId: "base" });
  }
  for (const [args, each] of [
    [[], 10],
    [["--instances"], 16],
  ] as const) {
    const file = join(freshFolder(), "lab.ts");
    await succeeded(adopt(...args, "--out", file));
    const app = appOf(file);
    expect(complaints(app, "lab.ts")).toEqual([]);
    for (const stack of ["xray", "xray2", "object-stack"]) {
      expect(await summary(app, stack)).toBe(`Plan: ${each} to import, 0 to add, 0 to change, 0 to destroy`);
    }
  }
});

test("what other code has made, and what leads nowhere, is left out; a file is never overwritten", async () => {
  await start();
  const { projects, instances, portForwards } = served.platform;
  const empty = await adopt();
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining("There is nothing to adopt")]);
  const { id: projectId } = await projects.create({ name: "lab" });
  const { id: web } = await instances.create({ projectId, name: "web", image: "echo", flavor: "small" });
  const { id: gone } = await instances.create({ projectId, name: "gone", image: "echo", flavor: "small" });
  const target = { projectId, protocol: "tcp" as const };
  await portForwards.create({
    ...target,
    instanceId: web,
    internalPort: 1,
    description: "mine",
    ownershipId: "ai-lab",
  });
  await portForwards.create({ ...target, instanceId: web, internalPort: 2, description: "by hand" });
  await portForwards.create({ ...target, instanceId: gone, internalPort: 3, description: "lost" });
  await instances.delete(gone);
  const { stdout, stderr } = await succeeded(adopt());
  expect(stdout.match(/description: .*?"/g)).toEqual(['description: "']);
  expect(stdout).toContain("by hand");
  expect(stdout).not.toMatch(/mine|"lost"/);
  expect(stderr).toContain("1 that lead nowhere are left out");
  const file = join(freshFolder(), "lab.ts");
  writeFileSync(file, "mine");
  const refused = await adopt("--out", file);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    `fairlead: ${file} is there already. Name another file, or take that one away.\n`,
  ]);
  expect(readFileSync(file, "utf8")).toBe("mine");
});
