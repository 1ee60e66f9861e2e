import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppFolder } from "../support/app";
import { CertificateAuthority } from "../support/certificates";
import { cleanUp, freshFolder } from "../support/clean-up";
import { fairlead, freshEnvironment } from "../support/command";
import { compilePackage } from "../support/compiled-package";
import { freshAddress } from "../support/embedded";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// A platform behind TLS with a CA of one's own: the command, real Terraform, lookups and preflight.

jest.setTimeout(300_000);

let ca: CertificateAuthority;
let files: { certFile: string; keyFile: string };
let platform: PlatformProcess;
beforeAll(async () => {
  const folder = freshFolder();
  ca = new CertificateAuthority(folder);
  files = ca.issue({ names: "IP:127.0.0.1" });
  platform = await startPlatformProcess({
    args: ["--tls-cert", files.certFile, "--tls-key", files.keyFile],
    caFile: ca.caFile,
  });
});
afterAll(cleanUp);

test("Terraform deploys with FAIRLEAD_CA_FILE, and with ca_file; without either it says what is missing", async () => {
  expect(platform.endpoint).toMatch(/^https:/);
  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  const project = `resource "fairlead_project" "lab" {\n  name = "tls"\n}\n`;
  terraform.write(project);
  const refused = await terraform.fail("plan");
  expect(refused).toMatch(/its certificate comes from a CA that is not known here/);
  expect(refused).toContain("FAIRLEAD_CA_FILE, or the provider's ca_file");
  terraform.write(project, `provider "fairlead" {\n  ca_file = "/nowhere/ca.pem"\n}`);
  expect(await terraform.fail("plan")).toMatch(
    /The provider's ca_file names \/nowhere\/ca\.pem, which cannot be read \(ENOENT\)/,
  );
  terraform.write(project, `provider "fairlead" {\n  ca_file = ${JSON.stringify(ca.caFile)}\n}`);
  await terraform.succeed("apply", "-auto-approve");
  terraform.write(project);
  const trusting = { FAIRLEAD_CA_FILE: ca.caFile };
  const planned = await terraform.launch("plan", [], trusting).exit;
  expect(planned.output).toContain("No changes.");
  expect((await terraform.launch("destroy", ["-auto-approve"], trusting).exit).code).toBe(0);
});

test("lookups and preflight take caFile; a relative one is refused where it stands", async () => {
  await platform.api.projects.create({ name: "found" });
  const compiled = compilePackage();
  const app = new AppFolder(compiled);
  try {
    const settings = { FAIRLEAD_ENDPOINT: platform.endpoint, FAIRLEAD_TOKEN: platform.token };
    const program = (caFile: string) => `
      new fairlead.FairleadProvider(stack, "P", { ${caFile} });
      fairlead.Project.fromLookup(stack, "Lab", { name: "found" });
      new fairlead.Project(stack, "Taken", { name: "found" });
    `;
    expect(app.run(program(""), settings).stderr).toMatch(
      /comes from a CA that is not known here.*\n?.*(caFile in a construct)/,
    );
    const given = app.run(program(`caFile: ${JSON.stringify(ca.caFile)}`), settings);
    expect(given.stderr).not.toMatch(/not known here|Preflight was skipped/);
    expect(app.run(program(""), { ...settings, FAIRLEAD_CA_FILE: ca.caFile }).stderr).toBe(given.stderr);
    const relative = app.run(program(`caFile: "ca.pem"`), settings);
    expect(relative.stderr).toMatch(
      /\[dev\/P\] `caFile` is "ca\.pem", but Terraform runs in the stack's own folder/,
    );
  } finally {
    app.remove();
    compiled.remove();
  }
});

test("the command says what is wrong with certificate and key before anything starts", async () => {
  const folder = freshFolder();
  const env = freshEnvironment(folder);
  const start = async (...args: string[]) => {
    const data = ["--data", join(folder, "data"), "--listen", "127.0.0.1:0"];
    const { code, stderr } = await fairlead(["platform", "start", ...data, ...args], { env });
    expect(code).toBe(1);
    return stderr;
  };
  expect(await start("--tls-cert", files.certFile)).toMatch(/--tls-cert needs --tls-key, too/);
  expect(await start("--tls-key", files.keyFile)).toMatch(/--tls-key needs --tls-cert, too/);
  expect(await start("--tls-cert", "/nowhere", "--tls-key", files.keyFile)).toMatch(
    /^fairlead: The file of the TLS certificate, \/nowhere, cannot be read \(ENOENT\)\.\n$/,
  );
  const noise = join(folder, "noise");
  writeFileSync(noise, "hello");
  expect(await start("--tls-cert", files.certFile, "--tls-key", noise)).toMatch(
    /holds no private key in PEM/,
  );
});

test("who listens beyond this machine without TLS, or by a name that the certificate lacks, is warned", async () => {
  const beyond = await startPlatformProcess({ args: ["--listen", "0.0.0.0:0", "--expose"] });
  expect(beyond.launched.output()).toMatch(
    /"level":"warn","message":"the API is reachable from other machines without TLS/,
  );
  await beyond.stop();
  const named = await startPlatformProcess({
    args: [
      ...["--listen", `${freshAddress()}:0`],
      ...["--tls-cert", files.certFile, "--tls-key", files.keyFile],
    ],
  });
  expect(named.launched.output()).toMatch(
    /the TLS certificate is for IP Address:127\.0\.0\.1, and not for 127\.\d+\.\d+\.\d+: clients have to use such a name/,
  );
  expect(platform.launched.output()).not.toMatch(/certificate is for|without TLS/);
});
