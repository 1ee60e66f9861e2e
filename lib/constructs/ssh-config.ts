import { Lazy, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { InstanceResource } from "../bindings";
import { hasBrand } from "./brand";
import { ConstructError } from "./construct-error";
import type { IInstance, IKnownInstance } from "./instance-base";
import { knownValue } from "./known-value";
import { readableName } from "./name";
import { Port } from "./port";
import type { PortForward } from "./port-forward";
import type { IProject } from "./project-base";
import { isRepeated } from "./repetition";
import { isSameProject } from "./same-project";
import { ownConstructs } from "./tree";

/** How the hosts of an ssh configuration are reached. */
export interface SshConfigOptions {
  /**
   * Who logs in.
   * @default what the rest of the user's configuration says, or the user's own name
   */
  readonly user?: string;
  /**
   * File of the private key, such as "~/.ssh/lab"; ssh reads it where it runs.
   * @default ssh's own choice
   */
  readonly identityFile?: string;
  /**
   * An ssh forward through which all instances of the project are reached that have none of their own, at their private
   * addresses.
   * @default instances without an ssh forward are left out
   */
  readonly proxyJump?: PortForward;
}

/** One way to a shell. */
interface Host {
  readonly instance: IInstance;
  readonly address: string;
  readonly port: string;
  /** The host that is gone through. */
  readonly jump?: IInstance | undefined;
}

/**
 * An OpenSSH client configuration for the instances of a project, with a host for each ssh forward of the stack. It is
 * written when the stack is synthesized, so what is declared later is in it, too.
 * @throws ConstructError
 */
export function sshConfigOf(project: IProject, options: SshConfigOptions = {}): string {
  for (const name of ["user", "identityFile"] as const) {
    const value = options[name];
    if (value === undefined || Token.isUnresolved(value) || /^[^\s"$%{}#][^\n"{}#]*$/.test(value)) continue;
    throw new ConstructError(project, {
      problem: `${name} of the ssh configuration is ${JSON.stringify(value)}, but it would break the file.`,
      fix: "Leave line breaks, quotation marks, braces and hashes out.",
    });
  }
  const { proxyJump } = options;
  if (
    proxyJump &&
    !(isSshForward(proxyJump) && !isRepeated(proxyJump) && isSameProject(proxyJump.instance.project, project))
  ) {
    throw new ConstructError(project, {
      problem: `${proxyJump.node.path} is no way into the project: it forwards ${proxyJump.port} of ${proxyJump.instance.node.path}.`,
      fix: "Pass a forward of Port.SSH, of an instance of this project, without `count` or `forEach`.",
    });
  }
  return Lazy.stringValue({ produce: () => textOf(project, options) });
}

function textOf(project: IProject, { user, identityFile, proxyJump }: SshConfigOptions): string {
  const nodes = ownConstructs(TerraformStack.of(project));
  const forwards = nodes
    .filter(isSshForward)
    .filter(({ instance }) => isSameProject(instance.project, project));
  // Of several forwards that one construct makes, Terraform alone knows the addresses.
  const several = forwards.filter(isRepeated);
  const single = forwards.filter((forward) => !isRepeated(forward));
  const direct: Host[] = single.map(({ instance, externalIp, externalPort }) => ({
    instance,
    address: externalIp,
    port: Token.asString(externalPort),
  }));
  const reached = new Set<IConstruct>(direct.map(({ instance }) => instance));
  const jump = proxyJump?.instance;
  const behind: Host[] = nodes
    .filter((node): node is IKnownInstance => isInstanceOf(project, node) && !reached.has(node))
    .map((instance) => ({ instance, address: instance.privateIp, port: `${Port.SSH.number}`, jump }));
  const hosts = jump ? [...direct, ...behind] : direct;
  const names = namesOf(hosts.map(({ instance }) => instance));
  const blocks = hosts.map(({ instance, address, port, jump }) =>
    [
      `Host ${names.get(instance)}`,
      `  HostName ${address}`,
      `  Port ${port}`,
      `  HostKeyAlias ${hostKeyAlias(instance)}`,
      ...(jump ? [`  ProxyJump ${names.get(jump)}`] : []),
      ...(user === undefined ? [] : [`  User ${user}`]),
      ...(identityFile === undefined ? [] : [`  IdentityFile "${identityFile}"`]),
    ].join("\n"),
  );
  const notes = several.map(
    ({ node }) => `# ${node.path} is several forwards (count or for_each): not in here.`,
  );
  return `${[...blocks, ...notes].join("\n\n")}\n`;
}

/** Whether a construct forwards an instance's ssh port, whichever copy of this package made it. */
function isSshForward(node: IConstruct): node is PortForward {
  if (!hasBrand(node, "PortForward")) return false;
  const { port } = node as PortForward;
  return port.protocol === Port.SSH.protocol && knownValue(node, port.number) === Port.SSH.number;
}

function isInstanceOf(project: IProject, node: IConstruct): node is IKnownInstance {
  if (isRepeated(node)) return false;
  const { instanceId, privateIp, project: owner } = node as Partial<IKnownInstance>;
  // Other constructs have a `project`, too.
  if (instanceId === undefined || privateIp === undefined) return false;
  return owner !== undefined && isSameProject(owner, project);
}

/** What people type after `ssh`: the instance's name. Where several have the same, the construct tells them apart. */
function namesOf(instances: readonly IInstance[]): Map<IConstruct, string> {
  const wanted = new Map(instances.map((instance) => [instance, nameOf(instance)]));
  const counts = new Map<string, number>();
  for (const name of wanted.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    [...wanted].map(([instance, name]) => [
      instance,
      counts.get(name) === 1 ? name : `${name}-${instance.node.addr.slice(-6)}`,
    ]),
  );
}

function nameOf(instance: IInstance): string {
  const resource = instance.node.defaultChild as InstanceResource | undefined;
  const name = knownValue(
    instance,
    resource?.nameInput ?? (instance as Partial<IKnownInstance>).instanceName,
  );
  return readableName(typeof name === "string" ? name : instance.node.id);
}

/**
 * What the known host keys are filed under: the instance's place in the code. It is the same when the instance is
 * replaced, and when its forward gets another port; the address, which may be another instance's tomorrow, is not.
 * In lower case, since ssh files names so.
 */
function hostKeyAlias({ node }: IInstance): string {
  return `fairlead/${node.path.split("/").map(readableName).join("/")}`;
}
