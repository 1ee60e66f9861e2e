import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockProvider } from "../../lib/constructs/lock-file";
import { installProvider, systems } from "../../lib/constructs/provider-installation";
import { version } from "../../package.json";

let folder: string;
let executable: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fairlead-install-"));
  executable = join(folder, "executable");
  // Neither the mode nor the name of the source matters.
  writeFileSync(executable, "#!/bin/sh\n", { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = (system: string) =>
  join(
    folder,
    `terraform.d/plugins/fairlead.internal/fairlead/fairlead/${version}/${system}/terraform-provider-fairlead_v${version}`,
  );
const lock = () => readFileSync(join(folder, ".terraform.lock.hcl"), "utf8");

test("every system gets the executable, with one hash for all", () => {
  installProvider(folder, { executable, constraints: version });
  for (const system of systems) {
    expect(readFileSync(fileOf(system), "utf8")).toBe("#!/bin/sh\n");
    expect(statSync(fileOf(system)).mode & 0o777).toBe(0o755);
  }
  expect(systems).toEqual(
    expect.arrayContaining(["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"]),
  );
  expect(lock().match(/"h1:/g)).toHaveLength(1);
});

test("a second time changes nothing; damage and another executable are made good", () => {
  installProvider(folder, { executable });
  const before = [statSync(fileOf("linux_amd64")), statSync(join(folder, ".terraform.lock.hcl"))];
  installProvider(folder, { executable });
  const after = [statSync(fileOf("linux_amd64")), statSync(join(folder, ".terraform.lock.hcl"))];
  expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(
    before.map(({ ino, mtimeMs }) => [ino, mtimeMs]),
  );
  rmSync(fileOf("darwin_arm64"));
  writeFileSync(executable, "#!/bin/sh\nexit\n");
  const locked = lock();
  installProvider(folder, { executable });
  for (const system of systems) expect(readFileSync(fileOf(system), "utf8")).toBe("#!/bin/sh\nexit\n");
  expect(lock()).not.toBe(locked);
  expect(readdirSync(folder).sort()).toEqual([".terraform.lock.hcl", "executable", "terraform.d"]);
});

test("another release is taken away", () => {
  const old = join(folder, "terraform.d/plugins/fairlead.internal/fairlead/fairlead/0.0.1");
  mkdirSync(old, { recursive: true });
  installProvider(folder, { executable });
  expect(existsSync(old)).toBe(false);
});

test("without the executable it says what to do", () => {
  expect(() => installProvider(folder, { executable: "/nowhere" })).toThrow(
    "The provider's executable is missing (/nowhere). If your app is bundled, mark fairlead external " +
      "(esbuild: --external:fairlead), so that it stays in node_modules; otherwise install fairlead again.",
  );
});

test("real Terraform initializes from it, also with a read-only lock file and a constraint of its own", () => {
  const init = (...flags: string[]) =>
    spawnSync("terraform", ["init", "-input=false", "-no-color", ...flags], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: "1" },
    });
  writeFileSync(
    join(folder, "main.tf"),
    'terraform {\n  required_providers {\n    fairlead = {\n      source  = "fairlead.internal/fairlead/fairlead"\n      version = "~> 0.1"\n    }\n  }\n}\n',
  );
  installProvider(folder, { executable });
  expect(init("-lockfile=readonly")).toMatchObject({ status: 0 });
  const before = lock();
  expect(init("-upgrade")).toMatchObject({ status: 0 });
  const written = lock();
  installProvider(folder, { executable });
  expect(lock()).toBe(written);
  expect(written).toContain(/"(h1:[^"]+)"/.exec(before)![1]!);
});

describe("the lock file", () => {
  const entry = {
    source: "fairlead.internal/fairlead/fairlead",
    version: "0.2.0",
    constraints: undefined,
    hash: "h1:new=",
  };
  const block = (source: string, v: string, hash: string) =>
    `provider "${source}" {\n  version     = "${v}"\n  constraints = "~> ${v}"\n  hashes = [\n    "${hash}",\n    "zh:00",\n  ]\n}\n`;
  const header = "# This file is maintained automatically.\n\n";

  test("keeps the entries of others byte for byte, in Terraform's order", () => {
    const a = block("a.example/x/x", "1.0.0", "h1:a=");
    const z = block("registry.terraform.io/hashicorp/null", "3.2.0", "h1:z=");
    const text = lockProvider(`${header}${a}\n${z}`, entry);
    expect(text.startsWith(`${header}${a}\nprovider "fairlead.internal/fairlead/fairlead" {\n`)).toBe(true);
    expect(text.endsWith(`}\n\n${z}`)).toBe(true);
    expect(lockProvider(text, entry)).toBe(text);
  });

  test("replaces an old entry in place and drops its constraints", () => {
    const old = block(entry.source, "0.1.0", "h1:old=");
    const z = block("registry.terraform.io/hashicorp/null", "3.2.0", "h1:z=");
    expect(lockProvider(`${header}${old}\n${z}`, entry)).toBe(
      `${header}provider "${entry.source}" {\n  version = "0.2.0"\n  hashes = [\n    "h1:new=",\n  ]\n}\n\n${z}`,
    );
  });

  test("leaves an entry of the same version that has the hash as Terraform wrote it", () => {
    const text = `${header}${block(entry.source, "0.2.0", "h1:new=")}`;
    expect(lockProvider(text, entry)).toBe(text);
    expect(lockProvider(text, { ...entry, hash: "h1:other=" })).toContain(
      'constraints = "~> 0.2.0"\n  hashes = [\n    "h1:other=",\n  ]',
    );
  });
});
