import {
  Aspects,
  type IAspect,
  Lazy,
  TerraformIterator,
  TerraformStack,
  TerraformVariable,
  Testing,
  Token,
} from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError, ExposurePolicy, FairleadProvider, type Instance, Port, Project } from "../../lib";
import { PortForwardResource } from "../../lib/bindings";
import { type CompiledPackage, compilePackage } from "../support/compiled-package";

const machine = { image: "echo", flavor: "small" };
const closed = { allowedCidrs: ["198.51.100.0/24"] };

let stack: TerraformStack;
let project: Project;
let web: Instance;

beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "dev");
  new FairleadProvider(stack, "Fairlead");
  project = new Project(stack, "Project", { name: "ai-lab" });
  web = project.addInstance("Web", machine);
});

/** What stops the synthesis, without the fixes. */
function problems(of = stack): string[] {
  try {
    Testing.synth(of, true);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n").flatMap((line) => (/^ {2}(\[.*)/.exec(line) ?? [])[1] ?? []);
  }
}

const sshIsOpen = (path = "dev/Project/Web/Tcp22") =>
  `[${path}] Port 22/tcp is ssh, and everyone may connect to it. (ssh-open-to-everyone)`;

describe("by default", () => {
  test("ssh, remote desktop and databases that are open to everyone stop the synthesis, each at its path, with a fix", () => {
    web.forward(Port.tcp(22), { externalPort: 30022 });
    web.forward(Port.tcp(3389));
    web.forward(Port.tcp(5432), closed);
    web.forward(Port.tcp(5984), { allowedCidrs: ["0.0.0.0/0"] });
    expect(problems()).toEqual([
      sshIsOpen(),
      "[dev/Project/Web/Tcp3389] Port 3389/tcp is remote desktop, and everyone may connect to it. (remote-desktop-open-to-everyone)",
      "[dev/Project/Web/Tcp5984] Port 5984/tcp is couchdb, and everyone may connect to it. (database-open-to-everyone)",
    ]);
    expect(() => Testing.synth(stack, true)).toThrow(
      '    Fix: Give `allowedCidrs` the sources that need it: ["198.51.100.0/24"]. Where it has to be so: ExposurePolicy.suppress(construct, "ssh-open-to-everyone", "why").',
    );
  });

  test("all else does not stop it, and neither does a synthesis without validation", () => {
    web.forward(Port.tcp(80));
    expect(problems()).toEqual([]);
    web.forward(Port.tcp(22));
    expect(() => Testing.synth(stack)).not.toThrow();
  });

  test("a resource without a construct of ours is checked, too", () => {
    new PortForwardResource(stack, "Bare", {
      ...{ projectId: "prj-1", instanceId: "ins-1", protocol: "tcp", internalPort: 22 },
    });
    expect(problems()).toEqual([sshIsOpen("dev/Bare")]);
  });
});

describe("what is synthesized counts", () => {
  test("Lazy values and values that aspects set", () => {
    web.forward(Port.tcp(Token.asNumber(Lazy.numberValue({ produce: () => 22 }))), { id: "Lazy" });
    web.forward(Port.tcp(5432), { allowedCidrs: Lazy.listValue({ produce: () => closed.allowedCidrs }) });
    const page = web.forward(Port.tcp(443), closed);
    Aspects.of(page).add({
      visit: (node) => {
        if (node instanceof PortForwardResource) node.internalPort = 3306;
        if (node instanceof PortForwardResource) node.resetAllowedCidrs();
      },
    });
    expect(problems()).toEqual([
      sshIsOpen("dev/Project/Web/Lazy"),
      expect.stringContaining("[dev/Project/Web/Tcp443] Port 3306/tcp is mysql"),
    ]);
  });

  test("overrides", () => {
    const opened = web.forward(Port.tcp(22), closed).node.defaultChild as PortForwardResource;
    opened.addOverride("allowed_cidrs", ["0.0.0.0/0"]);
    const moved = web.forward(Port.tcp(443)).node.defaultChild as PortForwardResource;
    moved.addOverride("internal_port", "6379");
    expect(problems()).toEqual([sshIsOpen(), expect.stringContaining("Port 6379/tcp is redis")]);
    opened.addOverride("enabled", false);
    moved.addOverride("allowed_cidrs", ["10.0.0.0/8"]);
    expect(problems()).toEqual([]);
  });
});

describe("a policy takes the place of the default one", () => {
  test("a strict one stops at everything", () => {
    Aspects.of(stack).add(ExposurePolicy.strict());
    web.forward(Port.tcp(8080));
    expect(problems()).toEqual([
      expect.stringContaining("(plain-http)"),
      expect.stringContaining("(no-description)"),
    ]);
  });

  test("of an app, with levels and limits of its own", () => {
    Aspects.of(stack.node.root).add(
      new ExposurePolicy({
        rules: { "ssh-open-to-everyone": "warn", "plain-http": "error", "no-description": "off" },
        maxForwardsPerInstance: 1,
      }),
    );
    web.forward(Port.tcp(80));
    web.forward(Port.tcp(22));
    expect(problems()).toEqual([expect.stringContaining("(plain-http)")]);
    expect(ExposurePolicy.review(stack).findings.map(({ rule, level }) => `${rule} ${level}`)).toEqual([
      "plain-http error",
      "too-many-forwards warn",
      "ssh-open-to-everyone warn",
      "ssh-without-expiry warn",
    ]);
  });

  test("below it only; and of several the strictest counts", () => {
    const open = { rules: { "ssh-open-to-everyone": "off" } } as const;
    Aspects.of(web).add(new ExposurePolicy(open));
    web.forward(Port.tcp(22));
    project.addInstance("Other", machine).forward(Port.tcp(22));
    expect(problems()).toEqual([sshIsOpen("dev/Project/Other/Tcp22")]);
    Aspects.of(project).add(new ExposurePolicy());
    expect(problems()).toEqual([sshIsOpen(), sshIsOpen("dev/Project/Other/Tcp22")]);
  });

  test("that is part of another aspect", () => {
    const policy = ExposurePolicy.strict();
    class TeamRules implements IAspect {
      visit(construct: IConstruct) {
        policy.visit(construct);
      }
    }
    Aspects.of(stack).add(new TeamRules());
    web.forward(Port.tcp(443));
    expect(problems()).toEqual([expect.stringContaining("(no-description)")]);
  });
});

describe("a suppression", () => {
  const reason = "A honeypot: that is what it is for.";

  test("lets a finding through, at its construct and below, with the reason", () => {
    const ssh = web.forward(Port.tcp(22));
    ExposurePolicy.suppress(web, "ssh-open-to-everyone", reason);
    project.addInstance("Other", machine).forward(Port.tcp(22));
    expect(problems()).toEqual([sshIsOpen("dev/Project/Other/Tcp22")]);
    expect(ExposurePolicy.review(web).suppressed).toEqual([
      expect.objectContaining({ construct: ssh, rule: "ssh-open-to-everyone", reason }),
    ]);
  });

  test("of a rule for instances belongs at the instance", () => {
    Aspects.of(stack).add(
      new ExposurePolicy({ rules: { "too-many-forwards": "error" }, maxForwardsPerInstance: 0 }),
    );
    web.forward(Port.tcp(443));
    expect(problems()).toEqual([expect.stringMatching(/^\[dev\/Project\/Web\] 1 forwards lead/)]);
    ExposurePolicy.suppress(web, "too-many-forwards", reason);
    expect(problems()).toEqual([]);
  });

  test("without effect stops the synthesis", () => {
    const ssh = web.forward(Port.tcp(22), closed);
    ExposurePolicy.suppress(ssh, "ssh-open-to-everyone", reason);
    expect(problems()).toEqual([
      "[dev/Project/Web/Tcp22] The suppression of ssh-open-to-everyone has no effect: the rule finds nothing here or below.",
    ]);
  });

  test("without effect stops the synthesis at a stack, too", () => {
    ExposurePolicy.suppress(stack, "ssh-open-to-everyone", reason);
    expect(problems()).toEqual([
      "[dev] The suppression of ssh-open-to-everyone has no effect: the rule finds nothing here or below.",
    ]);
    web.forward(Port.tcp(22));
    expect(problems()).toEqual([]);
  });

  test("has an effect where the rule only warns, is off, or cannot tell", () => {
    Aspects.of(stack).add(new ExposurePolicy({ rules: { "ssh-open-to-everyone": "off" } }));
    const sources = new TerraformVariable(stack, "sources", { type: "list(string)" }).listValue;
    const ssh = web.forward(Port.tcp(22));
    const unsure = web.forward(Port.tcp(5432), { allowedCidrs: sources });
    ExposurePolicy.suppress(ssh, "ssh-open-to-everyone", reason);
    ExposurePolicy.suppress(ssh, "no-description", reason);
    ExposurePolicy.suppress(unsure, "database-open-to-everyone", reason);
    expect(problems()).toEqual([]);
  });

  test("of no rule, without a reason or for a whole app is refused at the user's own line", () => {
    const message = (action: () => void) => {
      try {
        action();
        return "";
      } catch (error) {
        expect(error).toBeInstanceOf(ConstructError);
        return (error as Error).message;
      }
    };
    expect(message(() => ExposurePolicy.suppress(web, "ssh" as never, reason))).toMatch(
      /^\[dev\/Project\/Web\] "ssh" is no rule of the exposure policy\.\n {4}Fix: Suppress one of ssh-open-to-everyone, /,
    );
    expect(message(() => ExposurePolicy.suppress(web, "plain-http", " "))).toContain("has no reason");
    expect(message(() => ExposurePolicy.suppress(stack.node.root, "plain-http", reason))).toContain(
      "a whole app",
    );
  });
});

describe("what only Terraform knows is never passed", () => {
  const unchecked = (scope: IConstruct) =>
    ExposurePolicy.review(scope).unchecked.map(({ rule, prop }) => `${rule}: ${prop}`);

  test("sources", () => {
    const sources = new TerraformVariable(stack, "sources", { type: "list(string)" });
    const one = web.forward(Port.tcp(22), { allowedCidrs: sources.listValue });
    expect(unchecked(one)).toEqual(["ssh-open-to-everyone: allowedCidrs"]);
    const some = web.forward(Port.tcp(3306), {
      allowedCidrs: ["10.0.0.0/8", Token.asString(Lazy.stringValue({ produce: () => "$" + "{var.office}" }))],
    });
    expect(unchecked(some)).toEqual(["database-open-to-everyone: allowedCidrs"]);
    const open = web.forward(Port.tcp(5432), { allowedCidrs: ["0.0.0.0/0", sources.stringValue] });
    expect(unchecked(open)).toEqual([]);
    expect(problems()).toEqual([expect.stringContaining("[dev/Project/Web/Tcp5432]")]);
  });

  test("ports, counts, descriptions and ends", () => {
    const iterator = TerraformIterator.fromList([22, 80] as never);
    const each = web.forward(Port.tcp(Token.asNumber(iterator.value)), { id: "Each", forEach: iterator });
    const named = [
      "ssh-open-to-everyone",
      "remote-desktop-open-to-everyone",
      "database-open-to-everyone",
      "administration-open-to-everyone",
      "plain-http",
      "ssh-without-expiry",
    ];
    expect(unchecked(each)).toEqual(named.map((rule) => `${rule}: internalPort`));
    expect(unchecked(web)).toContain("too-many-forwards: forEach");
    const text = new TerraformVariable(stack, "text", {}).stringValue;
    const ssh = web.forward(Port.tcp(22), { ...closed, description: text, expiresAt: text });
    expect(unchecked(ssh)).toEqual(["ssh-without-expiry: expiresAt", "no-description: description"]);
    const wide = web.forward(Port.tcpRange(7000, Token.asNumber(text)), { id: "Wide", ...closed });
    expect(unchecked(wide)).toContain("wide-range: portCount");
  });
});

describe("two copies of the package in one app", () => {
  let other: CompiledPackage;
  beforeAll(() => {
    other = compilePackage();
  });
  afterAll(() => other.remove());

  test("check each forward once, by each other's policies and suppressions", () => {
    const { library } = other;
    new library.PortForward(stack, "Theirs", { instance: web, port: library.Port.tcp(22) });
    expect(problems()).toEqual([sshIsOpen("dev/Theirs")]);
    library.ExposurePolicy.suppress(stack.node.findChild("Theirs"), "ssh-open-to-everyone", "A test.");
    expect(problems()).toEqual([]);
    Aspects.of(stack).add(library.ExposurePolicy.strict());
    expect(problems()).toEqual([
      expect.stringContaining("(ssh-without-expiry)"),
      expect.stringContaining("(no-description)"),
    ]);
  });
});
