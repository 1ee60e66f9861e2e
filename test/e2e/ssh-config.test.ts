import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Instance } from "../../lib/contract";
import { type AppFolder, freshApp } from "../support/app";
import { cleanUp, freshFolder } from "../support/clean-up";
import { freshEnvironment, run, succeeded } from "../support/command";
import { builtProvider } from "../support/compiled-package";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";

// The ssh configuration that a stack gives, read by the real ssh; where sshd may listen on port 22, with a login.

jest.setTimeout(120_000);
afterAll(cleanUp);

const sshd = "/usr/sbin/sshd";
const canLogIn = existsSync(sshd) && process.getuid?.() === 0;
const reason = canLogIn ? "" : " (skipped: it takes openssh-server, and root for port 22)";

const { username } = userInfo();
let folder: string;
let platform: PlatformProcess;
let app: AppFolder;
let configuration: string;

const program = (image: string) => `
  const project = new fairlead.Project(stack, "Project", { name: "ai-lab" });
  const machine = { image: "${image}", flavor: "small" };
  const jump = project.addInstance("Jump", { image: "machine", flavor: "small" });
  project.addInstances("Db", 2, machine);
  const bastion = new fairlead.Bastion(stack, "Bastion", { instance: jump, allowedCidrs: ["127.0.0.0/8"] });
  const text = bastion.sshConfig({ user: "${username}", identityFile: "${folder}/user-key" });
  new cdktf.TerraformOutput(stack, "conf", { value: text });
  new cdktf.TerraformOutput(stack, "command", { value: bastion.forward.sshCommand("${username}") });
`;

const terraform = (command: string, ...args: string[]) => app.succeed(platform.settings, command, ...args);

function deploy(image: string): void {
  expect(app.run(program(image), platform.settings)).toMatchObject({ status: 0 });
  terraform("init", "-input=false");
  terraform("apply", "-input=false", "-auto-approve");
  const rest = `Host *\n  BatchMode yes\n  UserKnownHostsFile ${folder}/known_hosts\n`;
  configuration = join(folder, "lab.conf");
  writeFileSync(configuration, terraform("output", "-raw", "conf") + rest);
}

const ssh = (...args: string[]) =>
  run(["ssh", "-F", configuration, ...args], { env: freshEnvironment(folder) });

/** What ssh makes of the file for a host: only what the file says of it. */
async function settingsOf(host: string): Promise<Record<string, string>> {
  const { stdout } = await succeeded(ssh("-G", host));
  const lines = stdout.trim().split("\n");
  const settings = Object.fromEntries(lines.map((line) => line.split(/ (.*)/, 2) as [string, string]));
  const asked = ["hostname", "port", "hostkeyalias", "proxyjump", "user", "identityfile"];
  return Object.fromEntries(asked.flatMap((name) => (settings[name] ? [[name, settings[name]]] : [])));
}

const instanceNamed = async (name: string): Promise<Instance> =>
  (await platform.api.instances.list()).items.find((instance) => instance.name === name)!;

beforeAll(async () => {
  folder = freshFolder();
  chmodSync(folder, 0o700);
  for (const key of ["host-key", "user-key"]) {
    const made = run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, key)], {
      env: freshEnvironment(folder),
    });
    await succeeded(made);
  }
  writeFileSync(join(folder, "authorized_keys"), readFileSync(join(folder, "user-key.pub")), { mode: 0o600 });
  if (canLogIn) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const options = {
    HostKey: join(folder, "host-key"),
    Port: "22",
    ListenAddress: `\${FAIRLEAD_PRIVATE_IP}`,
    AuthorizedKeysFile: join(folder, "authorized_keys"),
    PermitRootLogin: "prohibit-password",
    PidFile: "none",
    StrictModes: "no",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const image = canLogIn
    ? { description: "OpenSSH", command: [sshd, "-D", "-e", "-f", "/dev/null", ...flags], ready: { tcp: 22 } }
    : { description: "waits", command: [process.execPath, "-e", "setInterval(() => {}, 1e9)"] };
  platform = await startPlatformProcess({ config: { images: { machine: image, rebuilt: image } } });
  app = freshApp(builtProvider);
  deploy("machine");
});

test("ssh reads from it how the bastion is reached, and through it the others", async () => {
  const [forward] = (await platform.api.portForwards.list()).items;
  const all = { user: username, identityfile: join(folder, "user-key") };
  expect(await settingsOf("jump")).toEqual({
    ...all,
    hostname: forward!.externalIp,
    port: String(forward!.externalPort),
    hostkeyalias: "fairlead/dev/project/jump",
  });
  expect(await settingsOf("db-2")).toEqual({
    ...all,
    hostname: (await instanceNamed("db-2")).privateIp,
    port: "22",
    hostkeyalias: "fairlead/dev/project/db2",
    proxyjump: "jump",
  });
  const command = terraform("output", "-raw", "command");
  expect(command).toBe(`ssh -p ${forward!.externalPort} ${username}@${forward!.externalIp}`);
});

(canLogIn ? test : test.skip)(`a login arrives at each of them${reason}`, async () => {
  for (const name of ["jump", "db-1"]) {
    const login = ssh("-o", "StrictHostKeyChecking=accept-new", name, "echo", "$SSH_CONNECTION");
    const { stdout } = await succeeded(login);
    const { privateIp } = await instanceNamed(name);
    expect(stdout.trim().split(" ").slice(2)).toEqual([privateIp, "22"]);
  }
});

test("an instance that was rebuilt is known by the same name, at its new address", async () => {
  const before = await settingsOf("db-1");
  deploy("rebuilt");
  const after = await settingsOf("db-1");
  expect(after).toEqual({ ...before, hostname: (await instanceNamed("db-1")).privateIp });
  expect(after.hostname).not.toBe(before.hostname);
  if (canLogIn) {
    const known = readFileSync(join(folder, "known_hosts"), "utf8");
    expect(known.match(/^\S+/gm)).toEqual(["fairlead/dev/project/jump", "fairlead/dev/project/db1"]);
    await succeeded(ssh("-o", "StrictHostKeyChecking=yes", "db-1", "true"));
  }
});
