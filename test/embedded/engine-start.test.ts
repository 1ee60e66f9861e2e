import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import {
  alive,
  build,
  cleanUp,
  eventually,
  freshAddress,
  node,
  onCleanUp,
  shell,
  talk,
  testEngine,
} from "./engine-fixture";

beforeAll(build);
afterEach(cleanUp);

const placeholder = (name: string) => `\${${name}}`;

/** Listens on one port of the private address. */
const listen = (port: string) =>
  `require("net").createServer().listen(${port}, process.env.FAIRLEAD_PRIVATE_IP)`;

test("a command learns about its instance and nothing of the platform's secrets", async () => {
  process.env.PLANTED_TOKEN = "secret";
  onCleanUp(() => {
    delete process.env.PLANTED_TOKEN;
  });
  const { engine, machine, output, folder } = testEngine({
    env: shell("env; pwd; sleep 60", { env: { GREETING: `from ${placeholder("FAIRLEAD_INSTANCE_NAME")}` } }),
  });
  const one = machine("env", { name: "a b" });
  await engine.start(one);
  // It runs before it has written anything.
  await eventually(() => output("i-1").endsWith(`${folder("i-1")}\n`));
  const lines = output("i-1").trim().split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "FAIRLEAD_INSTANCE_ID=i-1",
      "FAIRLEAD_INSTANCE_NAME=a b",
      "FAIRLEAD_PROJECT_ID=p-1",
      `FAIRLEAD_PRIVATE_IP=${one.privateIp}`,
      "FAIRLEAD_IMAGE=env",
      "FAIRLEAD_FLAVOR=small",
      `FAIRLEAD_INSTANCE_DIR=${folder("i-1")}`,
      `PATH=${process.env.PATH}`,
      "GREETING=from a b",
      folder("i-1"),
    ]),
  );
  const allowed = /^(FAIRLEAD_\w+|PATH|HOME|LANG|TZ|GREETING|PWD|OLDPWD|SHLVL|_)=/;
  expect(lines.slice(0, -1).filter((line) => !allowed.test(line))).toEqual([]);
});

test("placeholders in arguments are filled in; those of others are left alone", async () => {
  const { engine, machine, output } = testEngine({
    args: {
      description: "",
      command: [
        "sh",
        "-c",
        'echo "$1 $2"; sleep 60',
        "sh",
        `-o=${placeholder("FAIRLEAD_PRIVATE_IP")}:22`,
        placeholder("HOME"),
      ],
    },
  });
  const one = machine("args");
  await engine.start(one);
  expect(output("i-1")).toBe(`-o=${one.privateIp}:22 \${HOME}\n`);
});

test("the folder is the machine's alone and goes with it, but survives a shutdown", async () => {
  const images = { keeps: shell("test -e key || date +%N > key; cat key; sleep 60") };
  const first = testEngine(images);
  await first.engine.start(first.machine("keeps"));
  expect(statSync(first.folder("i-1")).mode & 0o777).toBe(0o700);
  const key = first.output("i-1");
  await first.engine.shutdown();
  await expect(first.engine.start(first.machine("keeps"))).rejects.toThrow("the platform is stopping");

  const second = testEngine(images, {}, first.dataDir);
  await second.engine.start(second.machine("keeps"));
  expect(second.output("i-1")).toBe(key + key);
  await second.engine.stop("i-1");
  expect(existsSync(second.folder("i-1"))).toBe(false);
});

test("a start resolves when every port of `ready` accepts", async () => {
  const { engine, machine } = testEngine({
    slow: node(`${listen("4001")}; setTimeout(() => ${listen("4002")}, 300)`, {
      ready: { tcp: [4001, 4002] },
    }),
  });
  const slow = machine("slow");
  await engine.start(slow);
  const socket = talk(slow.privateIp, 4002);
  await engine.stop("i-1");
  await socket.catch(() => undefined);
});

test("equal fields are a no-op, changed ones a restart", async () => {
  const { engine, machine, output } = testEngine({
    a: shell("echo $$ $FAIRLEAD_FLAVOR; sleep 60"),
    b: shell("echo b; sleep 60"),
  });
  const one = machine("a");
  await engine.start(one);
  await engine.start({ ...one });
  expect(output("i-1").trim().split("\n")).toHaveLength(1);
  const pid = Number.parseInt(output("i-1"), 10);
  await engine.start({ ...one, flavor: "large" });
  expect(alive(pid)).toBe(false);
  await engine.start({ ...one, image: "b" });
  expect(output("i-1").replace(/\d+/g, "PID")).toBe("PID small\nPID large\nb\n");
});

describe("a start that fails says why and leaves no process", () => {
  const cases: Record<string, [image: Parameters<typeof testEngine>[0][string], cause: RegExp]> = {
    "command not found": [
      { description: "", command: ["no-such-command"] },
      /^the command "no-such-command" of image "bad" was not found on PATH \(.+\); install it, or correct the image$/,
    ],
    "file not found": [
      { description: "", command: ["/no/such/command"] },
      /^the command "\/no\/such\/command" of image "bad" was not found; install it/,
    ],
    "not executable": [
      { description: "", command: ["/etc/passwd"] },
      /may not be executed; check its permissions$/,
    ],
    "empty command": [{ description: "", command: [] }, /^image "bad" has an empty command$/],
    "unknown placeholder": [
      { description: "", command: ["echo", placeholder("FAIRLEAD_IP")] },
      /^image "bad" uses \$\{FAIRLEAD_IP\}; there are FAIRLEAD_AUTHORIZED_KEYS_FILE, .*FAIRLEAD_PRIVATE_IP/,
    ],
    "dies at once": [
      shell("echo starting; echo no config >&2; exit 3"),
      /^image "bad" exited with code 3 before it was usable; its last output:\n(starting\nno config|no config\nstarting)$/,
    ],
    "dies before it is ready": [
      shell("kill -9 $$", { ready: { tcp: 4001 } }),
      /^image "bad" was ended by SIGKILL before it was usable; it wrote no output$/,
    ],
    "never ready": [
      shell("echo loading; sleep 60", { ready: { tcp: 4001 } }),
      /^image "bad" did not accept a connection on 127[\d.]+:4001 within 0\.4 s; its last output:\nloading$/,
    ],
  };
  // With limits there is a shell between the engine and the command, which nobody is to notice.
  describe.each([
    ["without limits", { memoryMib: null, cpus: null }],
    ["with limits", { memoryMib: 512, cpus: 1 }],
  ])("%s", (_limits, limits) => {
    test.each(Object.entries(cases))("%s", async (_name, [image, cause]) => {
      const { engine, machine, dataDir, states } = testEngine({ bad: image }, { readyMs: 400 });
      await expect(engine.start(machine("bad", limits))).rejects.toThrow(cause);
      expect(marked(dataDir)).toEqual([]);
      expect(states).toEqual([]);
      await engine.stop("i-1");
    });
  });

  test("unknown image, also when another one runs", async () => {
    const { engine, machine } = testEngine({});
    const one = machine("echo");
    await engine.start(one);
    await expect(engine.start({ ...one, image: "ubuntu" })).rejects.toThrow(
      'there is no image "ubuntu"; there are echo, http-hello',
    );
    expect(await talk(one.privateIp, 7007, "still here")).toBe("still here");
  });

  test("an id that leads out of the data folder", async () => {
    const { engine, machine } = testEngine({});
    await expect(engine.start(machine("echo", { id: "../x" }))).rejects.toThrow(
      '"../x" cannot be a machine\'s id',
    );
  });

  test("an address that this host does not have", async () => {
    const { engine, machine } = testEngine({});
    await expect(engine.start(machine("echo", { privateIp: "192.0.2.7" }))).rejects.toThrow(
      /^192\.0\.2\.7 is not an address of this host; on macOS add it with: sudo ifconfig lo0 alias 192\.0\.2\.7 up$/,
    );
  });

  test("a port that a foreign program holds", async () => {
    const { engine, machine } = testEngine({});
    const privateIp = freshAddress();
    const foreign = createServer().listen(7007, privateIp);
    onCleanUp(() => void foreign.close());
    await expect(engine.start(machine("echo", { privateIp }))).rejects.toThrow(
      `${privateIp}:7007 is in use by a program outside of the platform`,
    );
  });
});

/** The processes of a data folder, found independently of the engine. */
function marked(dataDir: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(dataDir);
    } catch {
      return false;
    }
  });
}
