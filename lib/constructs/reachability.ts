import { Aspects, Fn, TerraformProvider, TerraformResource, type TerraformStack, Token } from "cdktf";
import type { PortForwardResource } from "../bindings";
import type { Expectation } from "../probe/expectation";
import { ConstructError } from "./construct-error";
import { knownValue } from "./known-value";
import type { PortForward } from "./port-forward";
import { installedExecutable } from "./provider-installation";
import { isRepeated } from "./repetition";
import { ownConstructs } from "./tree";

/** How it is found out whether clients get through a forward. */
export interface ReachabilityOptions {
  /**
   * What has to answer: "tcp", "tls", "ssh", "udp-echo", "http" or "https", the last two with a status and a path if
   * wanted: "http:200/health". Of a range, its first port is asked.
   * @default "ssh" at port 22, else "tcp"; of a UDP forward it has to be said
   */
  readonly expect?: Expectation;
  /**
   * Where the connection comes from: the words of a command that runs a program elsewhere, such as
   * ["ssh", "probe.example.com"]. The program is `node`, which has to be there; nothing else is needed.
   * @default the machine that applies
   */
  readonly from?: string[];
  /**
   * How long it is tried again, since what has just been made may still start: "500ms", "30s", "5m".
   * @default "30s"
   */
  readonly timeout?: string;
  /**
   * The kind of resource that stands for the check in the state. "terraform_data" is part of Terraform, for places
   * where no registry or mirror has the provider hashicorp/null.
   * @default "null_resource" where the app has `@cdktf/provider-null`, else "terraform_data"
   */
  readonly resource?: "null_resource" | "terraform_data";
  /**
   * Construct id, for a forward that is checked several times.
   * @default "Reachable"
   */
  readonly id?: string;
}

type Bindings = {
  readonly Resource: typeof import("@cdktf/provider-null/lib/resource").Resource;
  readonly NullProvider: typeof import("@cdktf/provider-null/lib/provider").NullProvider;
};

/**
 * Makes the resource whose creation connects through the forward. Its triggers are the forward's target: what leads
 * elsewhere is checked again.
 * @throws ConstructError
 */
export function addReachability(
  forward: PortForward,
  resource: PortForwardResource,
  options: ReachabilityOptions,
): TerraformResource {
  const { protocol, number } = forward.port;
  const { timeout = "30s", from = [], id = "Reachable" } = options;
  const expect = options.expect ?? (protocol === "tcp" && number === 22 ? "ssh" : "tcp");
  check(forward, resource, expect, timeout);
  const allowed = Fn.join(",", resource.allowedCidrs);
  const triggers = {
    address: resource.socketAddress,
    target: `${resource.internalIp}:${Token.asString(resource.internalPort)}/${protocol}`,
    instance: Token.asString(forward.instance.instanceId),
    allowed,
    expect,
  };
  // Terraform runs the interpreter itself, with the command as its last word: there is no shell that could misread it.
  const provisioner = {
    type: "local-exec" as const,
    interpreter: [
      ...["node", installedExecutable, "probe"],
      ...[`--expect=${expect}`, `--timeout=${timeout}`, `--allowed=${allowed}`],
      ...from.map((word) => `--from=${word}`),
    ],
    command: resource.socketAddress,
  };
  const bindings = options.resource === "terraform_data" ? undefined : loadBindings();
  if (bindings) {
    const made = new bindings.Resource(forward, id, { triggers, provisioners: [provisioner] });
    provideNull(made, bindings);
    return made;
  }
  if (options.resource === "null_resource") {
    throw new ConstructError(forward, {
      problem: '`resource` is "null_resource", but the app has no @cdktf/provider-null.',
      fix: 'Install it (npm install @cdktf/provider-null), or pass resource: "terraform_data".',
    });
  }
  const made = new TerraformResource(forward, id, {
    terraformResourceType: "terraform_data",
    provisioners: [provisioner],
  });
  made.addOverride("triggers_replace", triggers);
  return made;
}

function check(forward: PortForward, resource: PortForwardResource, expect: string, timeout: string): void {
  // Most apps check nothing.
  const { expectationProblem } = require("../probe/expectation") as typeof import("../probe/expectation");
  const problem = Token.isUnresolved(expect) ? undefined : expectationProblem(expect, forward.port.protocol);
  if (problem !== undefined) {
    const fix =
      forward.port.protocol === "udp" ? 'Pass expect: "udp-echo", if an echo answers.' : "Correct `expect`.";
    throw new ConstructError(forward, { problem, fix });
  }
  if (!Token.isUnresolved(timeout) && !/^[1-9]\d{0,5}(ms|s|m)$/.test(timeout)) {
    throw new ConstructError(forward, {
      problem: `timeout is ${JSON.stringify(timeout)}, but it has to be a number and ms, s or m.`,
      fix: 'Write it so: timeout: "30s".',
    });
  }
  if (isRepeated(forward)) {
    throw new ConstructError(forward, {
      problem: "A forward with forEach or count is many forwards, but a check is of one.",
      fix: "Make the forwards in a loop of the program, and check each.",
    });
  }
  if (knownValue(resource, resource.enabledInput) === false) {
    throw new ConstructError(forward, {
      problem: "The forward is switched off (`enabled: false`), so that nothing can get through it.",
      fix: "Take the check out, or switch the forward on.",
    });
  }
}

/** The optional package, where the app has it. */
function loadBindings(): Bindings | undefined {
  try {
    const { Resource } =
      require("@cdktf/provider-null/lib/resource") as typeof import("@cdktf/provider-null/lib/resource");
    const { NullProvider } =
      require("@cdktf/provider-null/lib/provider") as typeof import("@cdktf/provider-null/lib/provider");
    return { Resource, NullProvider };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

const provided = new WeakSet<TerraformStack>();

/** Gives a stack the provider of null resources, once, unless the user has done that by then. */
function provideNull(made: TerraformResource, { NullProvider }: Bindings): void {
  const stack = made.cdktfStack;
  if (provided.has(stack)) return;
  provided.add(stack);
  const isThere = () =>
    ownConstructs(stack).some(
      (node) => TerraformProvider.isTerraformProvider(node) && node.terraformResourceType === "null",
    );
  Aspects.of(made).add({ visit: () => void (isThere() || new NullProvider(stack, "NullProvider")) });
}
