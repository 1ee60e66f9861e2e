import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppFolder } from "../support/app";
import { type CompiledPackage, compilePackage } from "../support/compiled-package";

let fairlead: CompiledPackage;
let app: AppFolder;
beforeAll(() => {
  fairlead = compilePackage();
});
afterAll(() => fairlead.remove());
beforeEach(() => {
  app = new AppFolder(fairlead);
});
afterEach(() => app.remove());

const synthesize = (body: string) =>
  app.run(`
    const { Port } = fairlead;
    const project = new fairlead.Project(stack, "Lab", { name: "ai-lab" });
    const web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
    const echo = project.addInstance("Echo", { image: "echo", flavor: "small" });
    const forward = (machine, port, options) => machine.forward(port, { description: "test", ...options });
    ${body}`);

interface NullResource {
  readonly triggers: object;
  readonly provisioner: readonly {
    readonly "local-exec": { readonly interpreter: string[]; readonly command: string };
  }[];
}

/** The synthesized stack. */
function stack(body: string) {
  const { status, stderr } = synthesize(body);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(readFileSync(join(app.stack, "cdk.tf.json"), "utf8"));
}

test("the check runs the executable in the stack's folder, without a shell, and follows the forward's target", () => {
  const { resource, provider } = stack(
    `forward(web, Port.tcp(8080)).verifyReachable({ expect: "http:200", from: ["ssh", "-J", "a b"] });`,
  );
  const [made] = Object.values(resource.null_resource) as [NullResource];
  const provisioner = made.provisioner[0]!["local-exec"];
  const [node, executable, ...words] = provisioner.interpreter;
  expect(node).toBe("node");
  expect(readFileSync(join(app.stack, executable!), "utf8")).toContain("stand-in");
  expect(words).toEqual([
    "probe",
    "--expect=http:200",
    "--timeout=30s",
    expect.stringMatching(
      /^--allowed=\$\{join\(",", tolist\(fairlead_port_forward\.\w+\.allowed_cidrs\)\)\}$/,
    ),
    "--from=ssh",
    "--from=-J",
    "--from=a b",
  ]);
  expect(provisioner.command).toMatch(/^\$\{fairlead_port_forward\.\w+\.socket_address\}$/);
  expect(Object.keys(made.triggers)).toEqual(["address", "allowed", "expect", "instance", "target"]);
  expect(provider.null).toHaveLength(1);
});

test("what answers at port 22 is ssh, if nothing else is said; several checks of one forward have names", () => {
  const { resource } = stack(`
    const ssh = forward(web, Port.SSH, { allowedCidrs: ["10.0.0.0/8"], expiresAt: "2099-01-01T00:00:00Z" });
    ssh.verifyReachable();
    ssh.verifyReachable({ id: "Elsewhere", resource: "terraform_data", from: ["ssh", "there"] });`);
  expect(JSON.stringify(resource.null_resource)).toContain("--expect=ssh");
  expect(Object.keys(resource.terraform_data)[0]).toContain("Elsewhere");
});

test("a web service has its health path checked, by HTTP and by HTTPS", () => {
  const { resource } = stack(
    'new fairlead.WebService(stack, "Site", { instance: web, healthPath: "/health" }).verifyReachable({ timeout: "2m" });',
  );
  const words = JSON.stringify(resource.null_resource);
  expect(words).toContain('"--expect=http/health","--timeout=2m"');
  expect(words).toContain('"--expect=https:200/health","--timeout=2m"');
});

test("a null provider of the user's own is the only one", () => {
  const { provider } = stack(`
    forward(web, Port.tcp(8080)).verifyReachable();
    const { NullProvider } = require(${JSON.stringify(require.resolve("@cdktf/provider-null/lib/provider"))});
    new NullProvider(stack, "Mine");`);
  expect(provider.null).toHaveLength(1);
});

test.each([
  [
    "forward(echo, Port.udp(7007)).verifyReachable()",
    /expect is "tcp", which is of tcp, but the forward is of udp/,
  ],
  [
    'forward(web, Port.tcp(8080)).verifyReachable({ expect: "ftp" })',
    /expect is "ftp", but it has to be tcp, tls/,
  ],
  [
    'forward(web, Port.tcp(8080)).verifyReachable({ timeout: "soon" })',
    /timeout is "soon", but it has to be/,
  ],
  ["forward(web, Port.tcp(8080), { enabled: false }).verifyReachable()", /The forward is switched off/],
  [
    "forward(web, Port.tcp(8080), { count: 2 }).verifyReachable()",
    /A forward with forEach or count is many forwards/,
  ],
])("%s is refused at synthesis, at its path", (body, message) => {
  const { status, stderr } = synthesize(body);
  expect(status).toBe(1);
  expect(stderr).toMatch(/\[dev\/Lab\/(?:Web|Echo)\/(?:Tcp8080|Udp7007)\]/);
  expect(stderr).toMatch(message);
});
