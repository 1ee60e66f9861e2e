import { Lazy, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { type Instance, Peer, Port, Project } from "../../lib";
import "../../lib/testing/jest";
import { saying } from "../support/assertion";

let stack: TerraformStack;
let web: Instance;
let db: Instance;
beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "dev");
  const project = new Project(stack, "Project", { name: "ai-lab" });
  web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
  db = project.addInstance("Db", { image: "echo", flavor: "small" });
  web.forward(Port.SSH, {
    externalPort: 30_022,
    externalIp: "203.0.113.5",
    allowedCidrs: ["198.51.100.0/24", "10.0.0.0/8"],
    description: "ssh for the build team",
    labels: { team: "build", stage: "dev" },
    expiresAt: "2026-12-31T18:00:00+09:00",
    deletionProtection: true,
    proxyProtocol: true,
  });
  web.forward(Port.udpRange(6000, 6010), { enabled: false });
});

test("each prop is compared, and what is left out may be anything", () => {
  expect(stack).toHaveForward({});
  expect(stack).toHaveForward({ instance: web, port: 22 });
  expect(stack).toHaveForward({
    port: Port.SSH,
    externalPort: 30_022,
    externalIp: "203.0.113.5",
  });
  expect(stack).toHaveForward({
    allowedCidrs: [Peer.ipv4("10.0.0.0/8"), "198.51.100.0/24"],
  });
  expect(stack).toHaveForward({
    labels: { team: "build" },
    deletionProtection: true,
    proxyProtocol: true,
    enabled: true,
  });
  expect(stack).toHaveForward({ expiresAt: "2026-12-31T09:00:00Z" });
  expect(stack).toHaveForward({ expiresAt: new Date("2026-12-31T09:00:00Z") });
  expect(stack).toHaveForward({
    port: Port.udpRange(6000, 6010),
    allowedCidrs: [],
    proxyProtocol: false,
    enabled: false,
  });
});

test("values may be matchers of the runner", () => {
  expect(stack).toHaveForward({
    description: expect.stringContaining("ssh"),
    externalPort: expect.any(Number),
  });
  expect(stack).toHaveForward({
    allowedCidrs: expect.arrayContaining(["10.0.0.0/8"]),
  });
  expect(stack).not.toHaveForward({
    description: expect.stringMatching(/^http/),
  });
});

test("one forward has to be all of it", () => {
  expect(stack).not.toHaveForward({ instance: db });
  expect(stack).not.toHaveForward({ port: 22, enabled: false });
  expect(stack).not.toHaveForward({ port: Port.udp(22) });
  expect(stack).not.toHaveForward({ port: Port.udp(6000) });
  expect(stack).not.toHaveForward({ allowedCidrs: ["10.0.0.0/8"] });
  expect(stack).not.toHaveForward({ labels: { team: "web" } });
  expect(stack).not.toHaveForward({
    port: 22,
    expiresAt: "2027-01-01T00:00:00Z",
  });
  expect(db).not.toHaveForward({});
});

test("a failure says in what the closest forward differs", () => {
  expect(
    saying(() =>
      expect(stack).toHaveForward({
        instance: web,
        port: Port.tcp(22),
        externalPort: 30_023,
        allowedCidrs: ["198.51.100.0/24"],
        description: expect.stringContaining("ops"),
      }),
    ),
  ).toMatchInlineSnapshot(`
    "expect(dev).toHaveForward({ instance: dev/Project/Web, port: 22/tcp, externalPort: 30023, allowedCidrs: ["198.51.100.0/24"], description: StringContaining "ops" })

    There is no such forward. The closest is dev/Project/Web/Tcp22, which differs in
      externalPort: 30022, expected 30023
      allowedCidrs: ["198.51.100.0/24", "10.0.0.0/8"], expected ["198.51.100.0/24"]
      description: "ssh for the build team", expected StringContaining "ops"

    Forwards in dev:
      FORWARD                        INSTANCE         PORT           EXTERNAL           FROM
      dev/Project/Web/Tcp22          dev/Project/Web  22/tcp         203.0.113.5:30022  198.51.100.0/24, 10.0.0.0/8
      dev/Project/Web/Udp6000To6010  dev/Project/Web  6000-6010/udp  (assigned)         nobody (enabled: false)

    Fix: Change dev/Project/Web/Tcp22, add the forward that is meant, or correct the expectation."
  `);
  expect(saying(() => expect(stack).not.toHaveForward({ port: 22 }))).toMatchInlineSnapshot(`
    "expect(dev).not.toHaveForward({ port: 22 })

    dev/Project/Web/Tcp22 is such a forward.

    Forwards in dev:
      FORWARD                        INSTANCE         PORT           EXTERNAL           FROM
      dev/Project/Web/Tcp22          dev/Project/Web  22/tcp         203.0.113.5:30022  198.51.100.0/24, 10.0.0.0/8
      dev/Project/Web/Udp6000To6010  dev/Project/Web  6000-6010/udp  (assigned)         nobody (enabled: false)

    Fix: Take it out, or say in the expectation what makes the unwanted one different."
  `);
  expect(saying(() => expect(db).toHaveForward({ port: 5432 }))).toMatchInlineSnapshot(`
    "expect(dev/Project/Db).toHaveForward({ port: 5432 })

    There is no such forward.

    There is no forward in dev/Project/Db.

    Fix: Forward a port: instance.forward(Port.tcp(8080))."
  `);
});

test("what only Terraform knows fails both ways, unless something else decides", () => {
  const text = (name: string) => new TerraformVariable(stack, name, { type: "string" }).stringValue;
  db.forward(Port.POSTGRES, {
    description: text("why"),
    allowedCidrs: [text("who")],
    labels: { team: text("team") },
  });
  for (const expectation of [
    { port: 5432, description: "for the build team" },
    { port: 5432, allowedCidrs: ["198.51.100.0/24"] },
    { port: 5432, labels: { team: "build" } },
  ]) {
    const cause = "This cannot be checked: only Terraform knows `";
    expect(saying(() => expect(stack).toHaveForward(expectation))).toContain(cause);
    expect(saying(() => expect(stack).not.toHaveForward(expectation))).toContain(cause);
  }
  expect(stack).not.toHaveForward({
    port: 5433,
    description: "for the build team",
  });
  expect(stack).toHaveForward({
    port: 22,
    description: "ssh for the build team",
  });
  db.forward(Port.tcp(81), {
    description: Lazy.stringValue({ produce: () => "later" }),
  });
  expect(stack).toHaveForward({ port: 81, description: "later" });
});

test("an unknown prop is a mistake, not a forward that is missing", () => {
  expect(() => expect(stack).not.toHaveForward({ internalPort: 22 } as never)).toThrow(
    "A forward has no `internalPort` to expect; there are instance, port, ",
  );
});
