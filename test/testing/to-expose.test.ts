import {
  Aspects,
  Lazy,
  TerraformCount,
  TerraformIterator,
  type TerraformResource,
  TerraformStack,
  TerraformVariable,
  Testing,
  Token,
} from "cdktf";
import { Instance, Peer, Port, Project } from "../../lib";
import { PortForwardResource } from "../../lib/bindings";
import "../../lib/testing/jest";
import { saying } from "../support/assertion";

const machine = { image: "http-hello", flavor: "small" };
const office = "198.51.100.0/24";

let stack: TerraformStack;
let project: Project;
let web: Instance;
let db: Instance;
beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "dev");
  project = new Project(stack, "Project", { name: "ai-lab" });
  web = project.addInstance("Web", machine);
  db = project.addInstance("Db", machine);
});

/** A forward as the bindings make it, without a construct. */
const bareForward = (scope: TerraformStack, { projectId }: Project, { instanceId }: Instance, port: number) =>
  new PortForwardResource(scope, "Bare", { projectId, instanceId, protocol: "tcp", internalPort: port });

const variable = (name: string, type = "string") => new TerraformVariable(stack, name, { type });

/** Neither the assertion nor its opposite holds. */
function expectNeither(assert: (matchers: jest.JestMatchers<TerraformStack>) => void, cause: string): void {
  expect(saying(() => assert(expect(stack)))).toContain(cause);
  expect(saying(() => assert(expect(stack).not as jest.JestMatchers<TerraformStack>))).toContain(cause);
}

describe("toExpose", () => {
  test("a forward exposes its instance's port, whatever the external one is", () => {
    web.forward(Port.SSH, { externalPort: 30_022, allowedCidrs: [office] });
    expect(stack).toExpose(web, { port: 22 });
    expect(stack).toExpose(web, { port: Port.SSH, from: office });
    expect(stack).toExpose(web, { from: Peer.ipv4("198.51.100.7/32") });
    expect(stack).not.toExpose(web, { port: 30_022 });
    expect(stack).not.toExpose(web, { port: Port.udp(22) });
    expect(stack).not.toExpose(db);
    expect(project).toExpose(web, { port: 22 });
    expect(stack.node.root).toExpose(web, { port: 22 });
    expect(db).not.toExpose(web);
  });

  test.each<[allowed: string[] | undefined, from: string | string[], admitted: "all" | "some" | "none"]>([
    [undefined, office, "all"],
    [undefined, "0.0.0.0/0", "all"],
    [["0.0.0.0/0"], "0.0.0.0/0", "all"],
    [["0.0.0.0/0"], "2001:db8::/32", "none"],
    [["198.51.0.0/16"], office, "all"],
    [["198.51.100.0/25", "198.51.100.128/25"], office, "all"],
    [["198.51.100.0/25"], office, "some"],
    [["198.51.100.7/32"], office, "some"],
    [["203.0.113.0/24"], office, "none"],
    [[office], ["198.51.100.7/32", "203.0.113.7/32"], "some"],
    [[office], ["198.51.100.7/32", "198.51.100.8/32"], "all"],
    [[office], "0.0.0.0/0", "none"],
    [["::/0"], "0.0.0.0/0", "some"],
    [["0.0.0.0/1", "128.0.0.0/1"], "0.0.0.0/0", "all"],
    [["::ffff:198.51.100.0/120"], office, "all"],
  ])("where %j may connect, %j: %s", (allowedCidrs, from, admitted) => {
    web.forward(Port.tcp(8080), allowedCidrs ? { allowedCidrs } : {});
    const holds = (assertion: () => void): boolean => {
      try {
        assertion();
        return true;
      } catch {
        return false;
      }
    };
    expect({
      exposed: holds(() => expect(stack).toExpose(web, { port: 8080, from })),
      notExposed: holds(() => expect(stack).not.toExpose(web, { port: 8080, from })),
    }).toEqual({
      exposed: admitted === "all",
      notExposed: admitted === "none",
    });
  });

  test("of a range, each port is exposed; several forwards may share it", () => {
    web.forward(Port.tcpRange(6000, 6004));
    expect(stack).toExpose(web, { port: 6004 });
    expect(stack).toExpose(web, { port: Port.tcpRange(6001, 6003) });
    expect(saying(() => expect(stack).toExpose(web, { port: Port.tcpRange(6000, 6005) }))).toContain(
      "No forward leads to port 6005 of dev/Project/Web.",
    );
    expect(() => expect(stack).not.toExpose(web, { port: Port.tcpRange(6004, 6010) })).toThrow(
      "Tcp6000To6004",
    );
    web.forward(Port.tcp(6005));
    expect(stack).toExpose(web, { port: Port.tcpRange(6000, 6005) });
  });

  test("what is switched off, or repeated no times, exposes nothing", () => {
    web.forward(Port.tcp(80), { enabled: false });
    web.forward(Port.tcp(81), { count: 0 });
    web.forward(Port.tcp(82), { count: 1 });
    expect(stack).not.toExpose(web, { port: 80 });
    expect(stack).not.toExpose(web, { port: 81 });
    expect(stack).toExpose(web, { port: 82 });
    expect(saying(() => expect(stack).toExpose(web, { port: 80 }))).toContain(
      "dev/Project/Web/Tcp80 leads to port 80 of dev/Project/Web, but lets in nobody (enabled: false).\n",
    );
  });

  test("aspects, overrides and Lazy values have had their say", () => {
    const page = web.forward(Port.tcp(Token.asNumber(Lazy.numberValue({ produce: () => 8080 }))), {
      id: "Page",
    });
    Aspects.of(stack).add({
      visit: (node) => {
        if (node instanceof PortForwardResource) node.allowedCidrs = [office];
      },
    });
    expect(stack).toExpose(web, { port: 8080, from: office });
    expect(stack).not.toExpose(web, { port: 8080, from: "0.0.0.0/0" });
    (page.node.defaultChild as PortForwardResource).addOverride("internal_port", 9090);
    expect(stack).toExpose(web, { port: 9090 });
    expect(stack).not.toExpose(web, { port: 8080 });
  });

  test("instances are told apart by their ids, with and without a construct", () => {
    const known = Instance.fromInstanceId(stack, "Known", "ins-1", { project });
    const same = Instance.fromInstanceId(stack, "Same", "ins-1", { project });
    const other = Instance.fromInstanceId(stack, "Other", "ins-2", { project });
    known.forward(Port.tcp(8080));
    bareForward(stack, project, db, 5432);
    expect(stack).toExpose(same, { port: 8080 });
    expect(stack).not.toExpose(other);
    expect(stack).toExpose(db, { port: 5432 });
    expect(stack).not.toExpose(web);
  });

  test("an instance of another stack is itself, and not its namesake", () => {
    const second = new TerraformStack(stack.node.root as never, "second");
    const namesake = new Project(second, "Project", {
      name: "other",
    }).addInstance("Web", machine);
    const remote = new Project(second, "Remote", { name: "remote" });
    bareForward(second, remote, namesake, 80);
    expect(second).toExpose(namesake, { port: 80 });
    expect(second).not.toExpose(web);
    expect(stack.node.root).not.toExpose(web);
  });

  test("each of several instances has its forward", () => {
    const many = project.addInstance("Many", {
      ...machine,
      count: TerraformCount.of(3),
    });
    many.forward(Port.tcp(8080), { allowedCidrs: [office] });
    expect(stack).toExpose(many, { port: 8080, from: office });
    expect(stack).not.toExpose(many, { port: 22 });
  });
});

describe("what only Terraform knows fails an assertion and its opposite", () => {
  test("sources", () => {
    web.forward(Port.tcp(8080), {
      allowedCidrs: variable("cidrs", "list(string)").listValue,
    });
    web.forward(Port.tcp(8081), {
      allowedCidrs: [office, variable("one").stringValue],
    });
    expectNeither(
      (it) => it.toExpose(web, { port: 8080, from: office }),
      "This cannot be checked: only Terraform knows `allowedCidrs` of dev/Project/Web/Tcp8080.",
    );
    expectNeither((it) => it.toExpose(web, { port: 8081, from: "203.0.113.0/24" }), "cannot be checked");
    expectNeither((it) => it.toExposeNothingTo("0.0.0.0/0"), "and of 1 more likewise.");
    // What is known is enough.
    expect(stack).toExpose(web, { port: 8081, from: office });
    expect(stack).toExpose(web, { port: 8080 });
    expect(stack).not.toExpose(db, { from: office });
  });

  test("one of several instances, by its address", () => {
    const many = project.addInstance("Many", { ...machine, count: TerraformCount.of(3) });
    const { fqn } = many.node.defaultChild as TerraformResource;
    const first = Instance.fromInstanceId(stack, "First", `\${${fqn}[0].id}`, { project });
    first.forward(Port.tcp(8080));
    expectNeither((it) => it.toExpose(many, { port: 8080 }), "only Terraform knows `instanceId`");
    expect(stack).not.toExpose(many, { port: 22 });
  });

  test("ports, protocol aside", () => {
    web.forward(Port.tcp(variable("port", "number").numberValue), {
      id: "Any",
    });
    expectNeither(
      (it) => it.toExpose(web, { port: 22 }),
      "only Terraform knows `internalPort` of dev/Project/Web/Any",
    );
    expect(stack).not.toExpose(web, { port: Port.udp(22) });
    expect(stack).toExpose(web);
  });

  test("the instance", () => {
    const instanceId = variable("instance").stringValue;
    new PortForwardResource(stack, "Bare", {
      ...{ projectId: "prj-1", instanceId, protocol: "tcp", internalPort: 22 },
    });
    expectNeither((it) => it.toExpose(web, { port: 22 }), "only Terraform knows `instanceId` of dev/Bare");
    expect(stack).not.toExpose(web, { port: 80 });
  });

  test("whether it is switched on, and how many there are", () => {
    web.forward(Port.tcp(80), { enabled: variable("on", "bool").booleanValue });
    web.forward(Port.tcp(81), {
      count: TerraformCount.of(variable("n", "number").numberValue),
    });
    db.forward(Port.tcp(82), {
      forEach: TerraformIterator.fromList(variable("all", "set(string)").listValue),
    });
    expectNeither((it) => it.toExpose(web, { port: 80 }), "`enabled`");
    expectNeither((it) => it.toExpose(web, { port: 81 }), "`count`");
    expectNeither((it) => it.toExpose(db, { port: 82 }), "`forEach`");
  });
});

describe("toExposeNothingTo", () => {
  test("the world is whoever has no reason to be let in", () => {
    web.forward(Port.tcp(8080), { allowedCidrs: [office, "10.0.0.0/8"] });
    web.forward(Port.tcp(8081), { enabled: false });
    expect(stack).toExposeNothingTo("0.0.0.0/0");
    expect(stack).toExposeNothingTo(Peer.anyIpv6());
    expect(stack).not.toExposeNothingTo("198.51.100.7/32");
    expect(stack).toExposeNothingTo(["203.0.113.0/24", "192.0.2.0/24"]);
    expect(stack).not.toExposeNothingTo(["203.0.113.0/24", office]);
    web.forward(Port.udp(53));
    expect(web).not.toExposeNothingTo("0.0.0.0/0");
    expect(db).toExposeNothingTo("0.0.0.0/0");
  });

  test("its messages say what is open", () => {
    const page = web.forward(Port.tcp(8080), { allowedCidrs: [office] });
    web.forward(Port.udp(53));
    db.forward(Port.tcp(443), {
      externalPort: 30_443,
      externalIp: "203.0.113.5",
    });
    expect(saying(() => expect(stack).toExposeNothingTo("0.0.0.0/0"))).toMatchInlineSnapshot(`
      "expect(dev).toExposeNothingTo("0.0.0.0/0")

      dev/Project/Web/Udp53 and 1 more let in 0.0.0.0/0.

      Forwards in dev:
        FORWARD                INSTANCE         PORT     EXTERNAL           FROM
        dev/Project/Web/Udp53  dev/Project/Web  53/udp   (assigned)         everyone
        dev/Project/Db/Tcp443  dev/Project/Db   443/tcp  203.0.113.5:30443  everyone

      Fix: Give \`allowedCidrs\` the sources that need it: ["198.51.100.0/24"]."
    `);
    expect(saying(() => expect(page).not.toExposeNothingTo("0.0.0.0/0"))).toMatchInlineSnapshot(`
      "expect(dev/Project/Web/Tcp8080).not.toExposeNothingTo("0.0.0.0/0")

      Nothing is exposed to 0.0.0.0/0.

      Forwards in dev/Project/Web/Tcp8080:
        FORWARD                  INSTANCE         PORT      EXTERNAL    FROM
        dev/Project/Web/Tcp8080  dev/Project/Web  8080/tcp  (assigned)  198.51.100.0/24

      Fix: Forward a port to it, or take \`.not\` out."
    `);
  });
});

describe("messages", () => {
  test("a port that nothing leads to", () => {
    web.forward(Port.tcp(8080));
    db.forward(Port.POSTGRES, { allowedCidrs: [office] });
    expect(saying(() => expect(stack).toExpose(db, { port: Port.SSH, from: office }))).toMatchInlineSnapshot(`
      "expect(dev).toExpose(dev/Project/Db, { port: 22/tcp, from: "198.51.100.0/24" })

      No forward leads to port 22/tcp of dev/Project/Db.

      Forwards in dev:
        FORWARD                  INSTANCE         PORT      EXTERNAL    FROM
        dev/Project/Db/Tcp5432   dev/Project/Db   5432/tcp  (assigned)  198.51.100.0/24
        dev/Project/Web/Tcp8080  dev/Project/Web  8080/tcp  (assigned)  everyone

      Fix: Forward it: instance.forward(Port.tcp(22), { allowedCidrs: ["198.51.100.0/24"] }). The port is the instance's, not the external one."
    `);
  });

  test("sources that are not let in, or only in part", () => {
    web.forward(Port.SSH, { allowedCidrs: ["10.0.0.0/8", "172.16.0.0/12"] });
    expect(saying(() => expect(stack).toExpose(web, { port: 22, from: office }))).toMatchInlineSnapshot(`
      "expect(dev).toExpose(dev/Project/Web, { port: 22, from: "198.51.100.0/24" })

      dev/Project/Web/Tcp22 leads to port 22 of dev/Project/Web, but lets in 10.0.0.0/8, 172.16.0.0/12, nothing of 198.51.100.0/24.

      Forwards in dev:
        FORWARD                INSTANCE         PORT    EXTERNAL    FROM
        dev/Project/Web/Tcp22  dev/Project/Web  22/tcp  (assigned)  10.0.0.0/8, 172.16.0.0/12

      Fix: Add 198.51.100.0/24 to its \`allowedCidrs\`."
    `);
    expect(saying(() => expect(stack).toExpose(web, { port: 22, from: ["10.1.0.0/16", office] }))).toContain(
      "but of 10.1.0.0/16, 198.51.100.0/24 it lets in only 10.0.0.0/8, 172.16.0.0/12.",
    );
  });

  test("what is exposed although it should not be", () => {
    web.forward(Port.SSH, { allowedCidrs: ["10.0.0.0/8"] });
    expect(saying(() => expect(stack).not.toExpose(web, { port: 22 }))).toMatchInlineSnapshot(`
      "expect(dev).not.toExpose(dev/Project/Web, { port: 22 })

      dev/Project/Web/Tcp22 leads to port 22 of dev/Project/Web, and lets in 10.0.0.0/8.

      Forwards in dev:
        FORWARD                INSTANCE         PORT    EXTERNAL    FROM
        dev/Project/Web/Tcp22  dev/Project/Web  22/tcp  (assigned)  10.0.0.0/8

      Fix: Take that forward out, or let only others in by its \`allowedCidrs\`."
    `);
  });

  test("no forward at all, and many", () => {
    expect(saying(() => expect(stack).toExpose(web))).toMatchInlineSnapshot(`
      "expect(dev).toExpose(dev/Project/Web)

      No forward leads to dev/Project/Web.

      There is no forward in dev.

      Fix: Forward a port of it: instance.forward(Port.SSH, { allowedCidrs })."
    `);
    for (let port = 8000; port < 8020; port++) web.forward(Port.tcp(port));
    expect(saying(() => expect(stack).toExpose(web, { port: 22 }))).toContain("\n  and 10 more\n");
  });

  test("what is no question", () => {
    expect(() => expect(Testing.synth(stack)).toExpose(web)).toThrow(
      "expect() was given text, perhaps of Testing.synth()",
    );
    expect(() => expect(undefined).toExposeNothingTo(office)).toThrow("expect() was given undefined");
    expect(() => expect(stack).toExpose(web, { port: 70_000 })).toThrow(
      "port is 70000, but it has to be a number from 1",
    );
    expect(() => expect(stack).not.toExpose(web, { from: "198.51.100.7" })).toThrow("A source is wrong:");
    expect(() => expect(stack).toExposeNothingTo([])).toThrow("No source is named");
    for (const none of [undefined, null, "web"])
      expect(() => expect(stack).not.toExpose(none as never)).toThrow("The instance is none");
  });
});
