import { TerraformResource, type TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { PortForwardResource } from "../../bindings";
import { letInEveryone } from "../../contract/open-sources";
import type { PortSpan } from "../../contract/port-range";
import { hasBrand } from "../brand";
import { resolvedValue } from "../known-value";
import { countOf, isRepeated } from "../repetition";
import { argumentsOf } from "../resource-arguments";
import { ownConstructs, stacksOf } from "../tree";
import { type KnownList, readList, readValue } from "./arguments";
import type { DeclaredExposure, ExposedInstance } from "./exposure";
import { Unknown } from "./unknown";

/** Whether a construct is a forward of Terraform's, with whichever copy of this package it was made. */
export function isForwardResource(construct: IConstruct): construct is TerraformResource {
  return (
    TerraformResource.isTerraformResource(construct) &&
    construct.terraformResourceType === PortForwardResource.tfResourceType
  );
}

/** The forwards in a scope, as they are now. */
export function exposuresIn(scope: IConstruct): DeclaredExposure[] {
  return stacksOf(scope)
    .flatMap((stack) => exposuresOf(stack))
    .filter(({ resource }) => resource.node.scopes.includes(scope));
}

/** All forwards of a stack, each of them read before the first is looked at: those of one instance count together. */
export function exposuresOf(stack: TerraformStack): DeclaredExposure[] {
  const reader = new ExposureReader();
  return ownConstructs(stack)
    .filter(isForwardResource)
    .map((resource) => reader.read(resource));
}

/** What a forward says of an argument that no rule asks for; nothing where it says none. */
export function argumentOf<T>(
  { resource, given }: DeclaredExposure,
  argument: string,
  prop: string,
): T | Unknown | undefined {
  return readValue<T>(resource, given, argument, prop);
}

/** Reads the forwards of one stack; those of one instance are counted together. */
class ExposureReader {
  private readonly instances = new Map<unknown, ExposedInstance>();
  private readonly openness = new Map<string, boolean>();

  read(resource: TerraformResource): DeclaredExposure {
    const given = argumentsOf(resource);
    const value = <T>(argument: string, prop = argument) => readValue<T>(resource, given, argument, prop);
    const internalPort = numberOf(value("internal_port", "internalPort")) ?? new Unknown("internalPort");
    const portCount = numberOf(value("port_count", "portCount")) ?? 1;
    const { scope } = resource.node;
    const construct = hasBrand(scope, "PortForward") ? scope! : resource;
    const instance = this.instanceOf(resource, construct, given.instance_id);
    const sources = readList(resource, given.allowed_cidrs);
    const exposure: DeclaredExposure = {
      construct,
      resource,
      given,
      instance,
      protocol: value<string>("protocol") ?? "tcp",
      ports: portsOf(internalPort, portCount),
      portCount,
      sources,
      isOpenToEveryone: this.isOpen(sources),
      description: value("description"),
      expiresAt: value("expires_at", "expiresAt"),
      isMade: isMade(resource, instance),
      isEnabled: value<boolean>("enabled") ?? true,
    };
    if (exposure.isMade !== false) instance.first ??= exposure;
    return exposure;
  }

  /** One source that lets in everyone is enough, whatever the others are. */
  private isOpen({ known, hasMore }: KnownList): boolean | Unknown {
    if (known.length === 0 && hasMore) return new Unknown("allowedCidrs");
    // The forwards of a stack mostly share a few lists of sources.
    const key = known.join();
    const isOpen = this.openness.get(key) ?? letInEveryone(known);
    this.openness.set(key, isOpen);
    return !isOpen && hasMore ? new Unknown("allowedCidrs") : isOpen;
  }

  /** An id that only Terraform knows is that of the instance's construct. */
  private instanceOf(resource: TerraformResource, forward: IConstruct, id: unknown): ExposedInstance {
    const made = (forward as { readonly instance?: IConstruct }).instance;
    const key = made && Token.isUnresolved(id) ? made : resolvedValue(resource, id);
    let instance = this.instances.get(key);
    if (!instance) {
      const isHere = made?.node.path.startsWith(`${resource.cdktfStack.node.path}/`);
      instance = { key, construct: isHere ? made! : forward, forwards: 0, first: undefined };
      this.instances.set(key, instance);
    }
    instance.forwards = add(instance.forwards, resource);
    return instance;
  }
}

/** Of what is repeated with its instance, each instance has one. */
function isMade(resource: TerraformResource, { key }: ExposedInstance): boolean | Unknown {
  const made = add(0, resource);
  if (!(made instanceof Unknown)) return made > 0;
  return (Construct.isConstruct(key) && isRepeated(key)) || made;
}

function add(forwards: number | Unknown, resource: TerraformResource): number | Unknown {
  if (forwards instanceof Unknown) return forwards;
  const count = countOf(resource);
  if (count !== undefined) return forwards + count;
  return new Unknown(resource.forEach === undefined ? "count" : "forEach");
}

/** Terraform takes text for a number, too. */
function numberOf(value: unknown): number | Unknown | undefined {
  return value === undefined || value instanceof Unknown ? value : Number(value);
}

function portsOf(first: number | Unknown, count: number | Unknown): PortSpan | Unknown {
  if (first instanceof Unknown) return first;
  return count instanceof Unknown ? count : { first, count };
}
