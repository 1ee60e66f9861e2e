import { cpSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { providerVersion } from "../../lib/bindings/release";
import { AppFolder } from "../support/app";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { root } from "../support/command";
import { builtProvider, type CompiledPackage, compilePackage } from "../support/compiled-package";

// Two packages of an app may each bring a fairlead of their own: copies of what `npm run build` made.

let fairlead: CompiledPackage;
let app: AppFolder;
beforeAll(() => {
  fairlead = compilePackage(builtProvider);
  onCleanUp(fairlead.remove);
});
beforeEach(() => {
  const made = new AppFolder(fairlead);
  onCleanUp(() => made.remove());
  app = made;
});
afterAll(cleanUp);

/** The built package in a folder of its own, as a release of another version would be built. */
function release(version: string): string {
  const folder = realpathSync(freshFolder("fairlead-release-"));
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const bindings = readdirSync(join(folder, "dist/bindings")).map((file) => join("dist/bindings", file));
  for (const file of ["package.json", ...bindings]) {
    const text = readFileSync(join(root, file), "utf8");
    writeFileSync(join(folder, file), text.replaceAll(providerVersion, version));
  }
  return folder;
}

const program = (other: string, rest: string) => `
  const theirs = require(${JSON.stringify(other)});
  const project = new fairlead.Project(stack, "Project", { name: "ai-lab" });
  const web = project.addInstance("Web", { image: "echo", flavor: "small" });
  const allowedCidrs = [theirs.Peer.ipv4("198.51.100.0/24"), fairlead.Peer.ipv6("2001:db8::/32")];
  web.forward(fairlead.Port.HTTPS, { externalPort: 30443, allowedCidrs });
  ${rest}
`;
const [major, minor, patch] = providerVersion.split(".").map(Number) as [number, number, number];
const nextPatch = `${major}.${minor}.${patch + 1}`;
const nextMinor = `${major}.${minor + 1}.0`;

test("copies whose last number differs work together in one stack", () => {
  const other = release(nextPatch);
  const works = `
    new theirs.SshAccess(stack, "Admins", { instances: [web], allowedCidrs });
    const db = new theirs.Instance(stack, "Db", { project, image: "echo", flavor: "small" });
    new theirs.PortForward(stack, "Postgres", { instance: db, port: fairlead.Port.POSTGRES, allowedCidrs });
    new cdktf.TerraformOutput(stack, "conf", { value: project.sshConfig({ proxyJump: web.node.findChild("Tcp22") }) });
  `;
  expect(app.run(program(other, works))).toMatchObject({ status: 0 });
  expect(app.terraform({}, "init", "-input=false")).toMatchObject({ status: 0 });
  expect(app.terraform({}, "validate").output).toContain("The configuration is valid.");
  const synthesized = readFileSync(join(app.stack, "cdk.tf.json"), "utf8");
  expect(synthesized).toContain("ProxyJump web");
  expect(Object.keys(JSON.parse(synthesized).resource.fairlead_port_forward)).toHaveLength(3);
});

test("each finds what collides with a forward of the other, once", () => {
  const collides = `
    const db = new theirs.Instance(stack, "Db", { project, image: "echo", flavor: "small" });
    db.forward(theirs.Port.POSTGRES, { externalPort: 30443, allowedCidrs });
  `;
  const { status, stderr } = app.run(program(release(nextPatch), collides));
  expect(status).toBe(1);
  const message = "[dev/Db/Tcp5432] externalPort 30443/tcp is also that of dev/Project/Web/Tcp443, but";
  expect(stderr.split(message)).toHaveLength(2);
});

test.each([
  ["resource", `new theirs.Instance(stack, "Db", { project, image: "echo", flavor: "small" });`, "Db"],
  ["provider", `new theirs.FairleadProvider(stack, "Fairlead");`, "Fairlead"],
])("a %s of another minor version is refused in one error that names both", (_kind, statement, id) => {
  const other = release(nextMinor);
  const { status, stderr } = app.run(program(other, statement));
  expect(status).toBe(1);
  expect(stderr).toContain(
    `[dev/${id}] This is of fairlead ${nextMinor} (${other}), but the stack dev has constructs of fairlead ${providerVersion} (${fairlead.folder}), and a stack has one provider.\n` +
      "    Fix: Bring both to one version (`npm ls fairlead` shows who wants which), or put them into stacks of their own.",
  );
  expect(stderr.match(/ConstructError: /g)).toHaveLength(1);
});

test("in stacks of their own any versions work together, each with its own provider", () => {
  const other = release(nextMinor);
  const works = `
    const services = new cdktf.TerraformStack(app, "services");
    const lab = theirs.Project.fromProjectId(services, "Lab", project.projectId);
    lab.addInstance("Db", { image: "echo", flavor: "small" }).forward(fairlead.Port.POSTGRES, { allowedCidrs });
  `;
  expect(app.run(program(other, works))).toMatchObject({ status: 0 });
  const versions = ["dev", "services"].map((name) => {
    const file = join(app.folder, "cdktf.out/stacks", name, "cdk.tf.json");
    return JSON.parse(readFileSync(file, "utf8")).terraform.required_providers.fairlead.version;
  });
  expect(versions).toEqual([providerVersion, nextMinor]);
});
