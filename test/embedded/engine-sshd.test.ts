import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { ProcessImage } from "../../lib/embedded/engine";
import {
  alive,
  build,
  cleanUp,
  eventually,
  freshAddress,
  freshFolder,
  killedPlatform,
  onCleanUp,
  testEngine,
} from "./engine-fixture";

// OpenSSH is what a real instance runs, and the hard case: each connection gets a session of its own, and
// `sshd` writes its title over the environment that marks it.

beforeAll(build);
afterEach(cleanUp);

const sshd = "/usr/sbin/sshd";
const withSshd = existsSync(sshd) ? test : test.skip;
if (!existsSync(sshd)) console.warn(`skipped: ${sshd} is missing (Debian: apt-get install openssh-server)`);

const address = `\${FAIRLEAD_PRIVATE_IP}`;
const script = `test -e key || ssh-keygen -q -t ed25519 -N "" -f key
  exec ${sshd} -D -e -f /dev/null -h "$PWD/key" -o PidFile=none -o Port=2222 -o ListenAddress=${address}`;
const images: Record<string, ProcessImage> = {
  sshd: { description: "", command: ["sh", "-c", script], ready: { tcp: 2222 } },
};

/** Connects and returns the process that serves the connection. */
async function connection(host: string, folder: string): Promise<number> {
  const socket = connect(2222, host);
  socket.on("error", () => undefined);
  onCleanUp(() => void socket.destroy());
  await new Promise((resolve) => socket.once("data", resolve));
  const listener = readFileSync(join(folder, "process"), "utf8").split(" ")[0]!;
  const children = () => readFileSync(`/proc/${listener}/task/${listener}/children`, "utf8").trim();
  return Number((await eventually(children)).split(" ").at(-1));
}

function prepare(): void {
  // The folder that `sshd` locks itself into; a service manager makes it elsewhere.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
}

withSshd("a stop ends sshd and its connections, and a restart shows the same host key", async () => {
  prepare();
  const { engine, machine, folder } = testEngine(images);
  const one = machine("sshd");
  await engine.start(one);
  const hostKey = () =>
    execFileSync("ssh-keyscan", ["-p", "2222", one.privateIp], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
      .split("\n")
      .find((line) => line.includes("ssh-ed25519"));
  const before = hostKey();
  expect(before).toContain("ssh-ed25519");
  await engine.start({ ...one, flavor: "large" });
  expect(hostKey()).toBe(before);

  const child = await connection(one.privateIp, folder("i-1"));
  expect(alive(child)).toBe(true);
  await engine.stop("i-1");
  expect(alive(child)).toBe(false);
});

withSshd("recovery ends an sshd that a killed platform left behind, with its connections", async () => {
  prepare();
  const next = testEngine(images);
  const one = next.machine("sshd", { privateIp: freshAddress() });
  await killedPlatform(next.dataDir, images, [one]);
  const child = await connection(one.privateIp, next.folder("i-1"));
  await next.engine.recover(["i-1"]);
  expect(alive(child)).toBe(false);
  await next.engine.start(one);
});

withSshd("who may log in follows the instance's keys, in the midst of a running sshd", async () => {
  prepare();
  const keys = freshFolder();
  const made = ["one", "two"].map((name) => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(keys, name)]);
    return readFileSync(join(keys, `${name}.pub`), "utf8").trim();
  });
  const keysFile = `\${FAIRLEAD_AUTHORIZED_KEYS_FILE}`;
  const login: ProcessImage = {
    description: "",
    // Below /tmp, where this data folder is, everybody may make files; sshd would mind.
    command: ["sh", "-c", `${script} -o StrictModes=no -o AuthorizedKeysFile=${keysFile}`],
    ready: { tcp: 2222 },
  };
  const { engine, machine, folder } = testEngine({ login });
  const one = machine("login", { sshKeys: [made[0]!] });
  await engine.start(one);
  const listener = () => readFileSync(join(folder("i-1"), "process"), "utf8");
  const before = listener();

  const mayLogIn = (name: string) => {
    const options = [
      "BatchMode=yes",
      "StrictHostKeyChecking=no",
      "UserKnownHostsFile=/dev/null",
      "IdentitiesOnly=yes",
    ];
    const args = [...options.flatMap((option) => ["-o", option]), "-i", join(keys, name), "-p", "2222"];
    return spawnSync("ssh", ["-F", "/dev/null", ...args, one.privateIp, "true"]).status === 0;
  };
  const allowed = () => ["one", "two"].filter(mayLogIn);
  expect(allowed()).toEqual(["one"]);
  await engine.start({ ...one, sshKeys: [made[1]!] });
  expect(allowed()).toEqual(["two"]);
  await engine.start({ ...one, sshKeys: made });
  expect(allowed()).toEqual(["one", "two"]);
  await engine.start({ ...one, sshKeys: [] });
  expect(allowed()).toEqual([]);
  expect(listener()).toBe(before);
});
