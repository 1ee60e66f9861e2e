import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Bastion, Peer, Port, Project, SshAccess, WebService } from "../../lib";

const machine = { image: "echo", flavor: "small" };
const office = Peer.ipv4("198.51.100.0/24");

function setUp() {
  const stack = new TerraformStack(Testing.app(), "dev");
  const project = new Project(stack, "Project", { name: "ai-lab" });
  return { stack, project, web: project.addInstance("Web", machine), db: project.addInstance("Db", machine) };
}

/** The forwards of a stack, by the path of their constructs. */
function forwardsOf(stack: TerraformStack): Record<string, Record<string, unknown>> {
  const { resource } = stack.toTerraform() as {
    resource: { fairlead_port_forward: Record<string, { "//": { constructPath: string } }> };
  };
  return Object.fromEntries(
    Object.values(resource.fairlead_port_forward).map((forward) => [forward["//"].constructPath, forward]),
  );
}

test("ssh access is a forward of each instance, with sources, an expiry and a description", () => {
  const { stack, web, db } = setUp();
  const props = { allowedCidrs: [office, "203.0.113.7/32"], expiresAt: "2999-12-31T18:00:00+09:00" };
  const { forwards } = new SshAccess(stack, "Admins", { instances: [web, db], ...props });
  expect(forwards.map(({ node }) => node.path)).toEqual(["dev/Project/Web/Tcp22", "dev/Project/Db/Tcp22"]);
  const made = forwardsOf(stack);
  for (const { node } of forwards) {
    expect(made[node.path]).toMatchObject({
      internal_port: 22,
      description: "ssh access",
      allowed_cidrs: ["198.51.100.0/24", "203.0.113.7/32"],
      expires_at: "2999-12-31T18:00:00+09:00",
    });
  }
});

test("ssh access without sources is refused, since a forward without sources is open to everyone", () => {
  const { stack, web } = setUp();
  const access = (id: string, allowedCidrs: string[]) =>
    new SshAccess(stack, id, { instances: [web], allowedCidrs });
  const message =
    "There are no sources in `allowedCidrs`, so ssh would be open to everyone.\n" +
    '    Fix: Name the networks: allowedCidrs: ["198.51.100.0/24"].';
  expect(() => access("Empty", [])).toThrow(`[dev/Empty] ${message}`);
  expect(() => access("Missing", undefined as unknown as string[])).toThrow(`[dev/Missing] ${message}`);
  const list = new TerraformVariable(stack, "sources", { type: "list(string)" }).listValue;
  access("Token", list);
  expect(forwardsOf(stack)["dev/Project/Web/Tcp22"]!.allowed_cidrs).toBe(["$", "{var.sources}"].join(""));
});

test("a web service is HTTP and HTTPS, and says what a browser and a monitor need", () => {
  const { stack, web } = setUp();
  const site = new WebService(stack, "Site", {
    instance: web,
    httpPort: Port.tcp(8080),
    healthPath: "/health",
    allowedCidrs: [office],
  });
  new TerraformOutput(stack, "site", { value: `${site.url} ${site.healthUrl}` });
  const made = forwardsOf(stack);
  expect(Object.keys(made)).toEqual(["dev/Project/Web/Tcp8080", "dev/Project/Web/Tcp443"]);
  for (const { node } of [site.http, site.https]) {
    expect(made[node.path]).toMatchObject({ allowed_cidrs: ["198.51.100.0/24"] });
  }
  expect(JSON.parse(Testing.synth(stack)).output.site.value).toMatch(
    /^https:\/\/\$\{fairlead_port_forward\.Project_Web_Tcp443_\w+\.socket_address\} http:\/\/\$\{fairlead_port_forward\.Project_Web_Tcp8080_\w+\.socket_address\}\/health$/,
  );
});

test("a bastion is the only forward; the others are reached through it", () => {
  const { stack, web } = setUp();
  const bastion = new Bastion(stack, "Bastion", { instance: web, allowedCidrs: [office] });
  new TerraformOutput(stack, "conf", { value: bastion.sshConfig({ user: "ubuntu" }) });
  expect(Object.keys(forwardsOf(stack))).toEqual(["dev/Project/Web/Tcp22"]);
  const text: string = JSON.parse(Testing.synth(stack)).output.conf.value;
  expect(text.match(/^(Host| {2}ProxyJump| {2}User) .*$/gm)).toEqual([
    "Host web",
    "  User ubuntu",
    "Host db",
    "  ProxyJump web",
    "  User ubuntu",
  ]);
  expect(() => new Bastion(stack, "Open", { instance: web, allowedCidrs: [] })).toThrow(
    "[dev/Open/Access] There are no sources",
  );
});

test("each pattern is short enough to be an example", () => {
  const folder = join(__dirname, "../../lib/constructs/patterns");
  for (const file of readdirSync(folder)) {
    const lines = readFileSync(join(folder, file), "utf8").split("\n").length - 1;
    expect([file, lines < 80]).toEqual([file, true]);
  }
});
