import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { cleanUp, freshFolder } from "../support/clean-up";
import { freshEnvironment, run, succeeded } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";
import { hostAndPort } from "../support/traffic";

// As the guide has it: the same machine answers ssh at its private address and at the public one.

jest.setTimeout(60_000);

const sshd = "/usr/sbin/sshd";
const missing = [sshd, "/usr/bin/ssh", "/usr/bin/ssh-keygen", "/usr/bin/ssh-keyscan"].find(
  (file) => !existsSync(file),
);
const reason = missing ? ` (skipped: ${missing} is missing; on Debian, apt-get install openssh-server)` : "";
if (missing) console.warn(`ssh.test.ts${reason}`);
const withSshd = missing ? test.skip : test;

const configuration = `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "vm" {
  project_id = fairlead_project.lab.id
  name       = "vm"
  image      = "sshd"
  flavor     = "small"
}
resource "fairlead_port_forward" "ssh" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.vm.id
  protocol      = "tcp"
  internal_port = 2222
  description   = "ssh service"
}
`;

let folder: string;
let platform: PlatformProcess;
let inside: { host: string; port: number };
let outside: { host: string; port: number };

beforeAll(async () => {
  if (missing) return;
  folder = freshFolder();
  chmodSync(folder, 0o700);
  const env = freshEnvironment(folder);
  for (const key of ["host-key", "user-key"]) {
    await succeeded(run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, key)], { env }));
  }
  writeFileSync(join(folder, "authorized_keys"), readFileSync(join(folder, "user-key.pub")), { mode: 0o600 });
  // The folder that sshd locks itself into; a service manager makes it elsewhere.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const options = {
    HostKey: join(folder, "host-key"),
    Port: "2222",
    ListenAddress: `\${FAIRLEAD_PRIVATE_IP}`,
    AuthorizedKeysFile: join(folder, "authorized_keys"),
    PermitRootLogin: "prohibit-password",
    PasswordAuthentication: "no",
    PidFile: "none",
    StrictModes: "no",
  };
  const command = [sshd, "-D", "-e", "-f", "/dev/null"];
  for (const [name, value] of Object.entries(options)) command.push("-o", `${name}=${value}`);
  const config = { images: { sshd: { description: "OpenSSH", command, ready: { tcp: 2222 } } } };
  platform = await startPlatformProcess({ config });
  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  await terraform.apply(configuration);
  const { attributes } = terraform.resource("fairlead_port_forward.ssh")!;
  inside = { host: String(attributes.internal_ip), port: 2222 };
  outside = hostAndPort(String(attributes.socket_address));
});
afterAll(cleanUp);

type Address = typeof inside;

async function hostKeyAt({ host, port }: Address): Promise<string> {
  const scan = ["ssh-keyscan", "-t", "ed25519", "-p", String(port), host];
  const { stdout } = await succeeded(run(scan, { env: freshEnvironment(folder) }));
  return stdout.trim().split(" ").slice(1).join(" ");
}

function ssh({ host, port }: Address, ...command: string[]) {
  const options = {
    IdentityFile: join(folder, "user-key"),
    IdentitiesOnly: "yes",
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: join(folder, "known_hosts"),
    HostKeyAlias: "vm",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const target = `${userInfo().username}@${host}`;
  return run(["ssh", "-F", "/dev/null", ...flags, "-p", String(port), target, ...command], {
    env: freshEnvironment(folder),
  });
}

withSshd(
  `ssh shows the same host key at the private address and at the external ip:port${reason}`,
  async () => {
    const expected = readFileSync(join(folder, "host-key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
    expect(await hostKeyAt(inside)).toBe(expected);
    expect(await hostKeyAt(outside)).toBe(expected);
  },
);

withSshd(`a command over ssh runs on the instance, by either address${reason}`, async () => {
  writeFileSync(join(folder, "known_hosts"), `vm ${readFileSync(join(folder, "host-key.pub"), "utf8")}`);
  for (const address of [inside, outside]) {
    const { stdout } = await succeeded(ssh(address, "echo", "$SSH_CONNECTION"));
    // "client ip, client port, server ip, server port": it is the instance that answers.
    expect(stdout.trim().split(" ").slice(2)).toEqual([inside.host, "2222"]);
  }
});

withSshd(`a megabyte through ssh arrives whole${reason}`, async () => {
  const { stdout } = await succeeded(ssh(outside, "head -c 1000000 /dev/zero | tr '\\0' x; echo"));
  expect(stdout.trim()).toBe("x".repeat(1_000_000));
});
