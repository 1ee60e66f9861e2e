import { createSocket } from "node:dgram";
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import {
  type Environment,
  freshEnvironment,
  type Launched,
  launch,
  root,
  run,
  succeeded,
} from "../support/command";
import { installNode } from "../support/npm";
import { eventually, processesAbout } from "../support/processes";
import { tcpExchange } from "../support/traffic";

// The quickstart as `npm start` runs it. It chooses port 30022 of 127.0.0.1, so the runs go one after the other.

jest.setTimeout(300_000);

const workspaces = () => readdirSync(root).filter((name) => name.startsWith(".quickstart-"));

let folder: string;
let workspacesBefore: string[];
beforeEach(() => {
  folder = freshFolder();
  workspacesBefore = workspaces();
});
afterEach(cleanUp);

function start(args: string[] = [], env: Environment = {}, node = process.execPath): Launched {
  const command = [node, "--import", "tsx", "examples/quickstart/run.ts", ...args];
  const launched = launch(command, { cwd: root, env: freshEnvironment(folder, env) });
  onCleanUp(async () => {
    // It cleans up after itself when it is asked to end; its programs have process groups of their own.
    launched.process.kill("SIGTERM");
    await launched.exit;
  });
  return launched;
}

/** Programs that a run has started, and the instances of its platform. */
const programs = () => [
  ...processesAbout(folder),
  ...workspaces()
    .filter((name) => !workspacesBefore.includes(name))
    .flatMap((name) => processesAbout(join(root, name))),
];

async function expectNothingLeft(): Promise<void> {
  await eventually(() => programs().length === 0);
  expect(workspaces()).toEqual(workspacesBefore);
  await expect(tcpExchange("127.0.0.1:30022", "ahoy", 4)).rejects.toThrow("ECONNREFUSED");
  // What tsx keeps for the next run is its own.
  expect(readdirSync(join(folder, "tmp")).filter((name) => !name.startsWith("tsx-"))).toEqual([]);
}

async function expectWholeRun(launched: Launched): Promise<void> {
  const { stdout, stderr } = await succeeded(launched.exit);
  expect(stderr).toBe("");
  const address = String.raw`127\.0\.0\.1:\d+`;
  const privateIp = String.raw`127\.\d+\.\d+\.\d+`;
  for (const line of [
    "EXTERNAL +INSTANCE +PRIVATE +DESCRIPTION +ANSWERED AT BOTH",
    `${address}/tcp +web +${privateIp}:8080 +web service +hello from web`,
    String.raw`${address}/tcp +web +${privateIp}:2222 +ssh service +SSH-2\.0-`,
    `${address}/udp +echo +${privateIp}:7007 +echo service +echoed "ahoy"`,
    String.raw`127\.0\.0\.1:30022/tcp +echo +${privateIp}:7007 +echo service +echoed our request`,
    "ok +cdktf diff: no change",
    String.raw`ok +internal port 8080 -> 8081 in place, same id and external port: hello from web \(${privateIp}:8081`,
    "ok +instance rebuilt, its forwards kept their external ports: hello from the rebuilt web",
    "ok +cdktf destroy: no row, no listener, no process, no file is left",
  ]) {
    expect(stdout).toMatch(new RegExp(`^ *${line}`, "m"));
  }
  const seconds = Number(/^Done in (\d+) s\./m.exec(stdout)?.[1]);
  process.stdout.write(`quickstart: ${seconds} s\n`);
  expect(seconds).toBeLessThan(120);
  await expectNothingLeft();
  // Nor does Terraform's cache of plugins, which all projects share, point to where the provider was.
  const home = readdirSync(join(folder, "home"), { recursive: true, encoding: "utf8" });
  expect(home.filter((name) => name.includes("fairlead"))).toEqual([]);
}

test("it deploys, uses, changes and destroys in less than two minutes, and leaves nothing", async () => {
  await expectWholeRun(start());
});

test("it does so on Node 22", async () => {
  const { node, path } = await installNode(22);
  await expectWholeRun(start([], { PATH: path }, node));
});

test("Ctrl-C in the middle of a deploy cleans up and ends with 130", async () => {
  const launched = start();
  const applying = ({ commandLine }: { commandLine: string }) => /terraform\S* apply/.test(commandLine);
  await eventually(() => programs().some(applying), 60_000);
  launched.signal("SIGINT");
  const { code, stdout } = await launched.exit;
  expect(code).toBe(130);
  expect(stdout).toContain("Interrupted: cleaning up");
  await expectNothingLeft();
});

test("--keep leaves it running, and what it prints to try and to end it works", async () => {
  const { stdout } = await succeeded(start(["--keep"]).exit);
  const lines = stdout.slice(stdout.indexOf("It all runs on")).split("\n");
  const settings = lines.find((line) => line.trim().startsWith("export "))!;
  const ending = lines.slice(lines.findIndex((line) => line.startsWith("To end it:")) + 1).filter(Boolean);
  const platform = /kill (\d+)/.exec(stdout)![1]!;
  onCleanUp(() => {
    for (const { pid } of programs()) process.kill(pid, "SIGKILL");
  });
  const typed = async (line: string) => {
    const command = ["bash", "-c", `${settings}\n${line}`];
    return (await succeeded(run(command, { cwd: root, env: freshEnvironment(folder) }))).stdout;
  };
  expect(programs().map(({ pid }) => String(pid))).toContain(platform);
  expect(await tcpExchange("127.0.0.1:30022", "ahoy", 4)).toBe("ahoy");
  const list = await typed(lines.find((line) => line.includes("fairlead.js forwards"))!);
  expect(list).toMatch(/^ai-lab +echo +127\.0\.0\.1:30022\/tcp .* echo service +active +(now|\d+ \w+ ago)$/m);
  expect(ending).toHaveLength(2);
  for (const line of ending) await typed(line);
  await expectNothingLeft();
});

describe("what is missing is said in one line, with the next step", () => {
  async function expectOneLine(launched: Launched, text: RegExp): Promise<void> {
    const { code, stdout, stderr } = await launched.exit;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(text)]);
    await expectNothingLeftButPort();
  }
  const expectNothingLeftButPort = async () => {
    await eventually(() => programs().length === 0);
    expect(workspaces()).toEqual(workspacesBefore);
  };
  const bin = () => {
    const path = join(folder, "bin");
    mkdirSync(path);
    return path;
  };

  test("no terraform", async () => {
    const PATH = bin();
    symlinkSync(process.execPath, join(PATH, "node"));
    await expectOneLine(start([], { PATH }), /^terraform was not found: install Terraform 1\.11 or newer/);
  });

  test("a terraform that is too old", async () => {
    const path = bin();
    writeFileSync(join(path, "terraform"), `#!/bin/sh\necho '{"terraform_version": "1.5.7"}'\n`);
    chmodSync(join(path, "terraform"), 0o755);
    const PATH = [path, process.env.PATH].join(delimiter);
    await expectOneLine(
      start([], { PATH }),
      /^terraform is 1\.5\.7, but 1\.11 or newer is needed: install it/,
    );
  });

  test("a terraform that does not work at all", async () => {
    const path = bin();
    writeFileSync(join(path, "terraform"), "#!/bin/sh\nexit 3\n");
    chmodSync(join(path, "terraform"), 0o755);
    const PATH = [path, process.env.PATH].join(delimiter);
    await expectOneLine(
      start([], { PATH }),
      /^terraform is of an unknown version, but 1\.11 or newer is needed/,
    );
  });

  test("port 30022 is taken, for TCP or for UDP", async () => {
    const text = (protocol: string) =>
      new RegExp(
        `^${protocol} port 30022 of 127\\.0\\.0\\.1, .* cannot be bound \\(EADDRINUSE\\): end the program`,
      );
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(30022, "127.0.0.1", resolve));
    onCleanUp(() => void server.close());
    await expectOneLine(start(), text("tcp"));
    await new Promise((resolve) => server.close(resolve));
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(30022, "127.0.0.1", resolve));
    onCleanUp(() => void socket.close());
    await expectOneLine(start(), text("udp"));
  });

  test("Node 24, for which cdktf-cli has no terminal library", async () => {
    const { node, path } = await installNode(24);
    await expectOneLine(
      start([], { PATH: path }, node),
      /^cdktf-cli has no terminal library for Node 24\.[\d.]+: run the quickstart on Node 20 or 22/,
    );
  });
});
