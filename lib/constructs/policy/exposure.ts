import type { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import type { PortSpan } from "../../contract/port-range";
import type { ResourceArguments } from "../resource-arguments";
import type { KnownList } from "./arguments";
import type { Unknown } from "./unknown";

/** A forward as it will be synthesized: what the rules look at. */
export interface Exposure {
  /** What the user made: the PortForward, or the bare resource. */
  readonly construct: IConstruct;
  readonly instance: ExposedInstance;
  readonly protocol: string | Unknown;
  /** Ports of the instance, whatever the external ones are. */
  readonly ports: PortSpan | Unknown;
  /** How many ports, also where it is not known which. */
  readonly portCount: number | Unknown;
  readonly isOpenToEveryone: boolean | Unknown;
  readonly description: string | Unknown | undefined;
  readonly expiresAt: string | Unknown | undefined;
  /** Whether it may carry anything: one that is switched off exposes nothing. */
  readonly isEnabled: boolean | Unknown;
}

/** The same with what it was read of: what tests look at. */
export interface DeclaredExposure extends Exposure {
  /** The resource that it becomes, and what that says. */
  readonly resource: TerraformResource;
  readonly given: ResourceArguments;
  /** Who may connect; none is everyone. */
  readonly sources: KnownList;
  /** Whether there is one: not where it is repeated no times; unknown where only Terraform can tell. */
  readonly isMade: boolean | Unknown;
}

/** The instance that forwards lead to. */
export interface ExposedInstance {
  /** What it is told from others by: its construct where only Terraform knows the id, else the id. */
  readonly key: unknown;
  /** Where it is told that there are too many: the instance, or its first forward where it is not of this stack. */
  readonly construct: IConstruct;
  /** How many lead to it; unknown where Terraform multiplies one. */
  forwards: number | Unknown;
  /** The first of them that is made, which speaks for all. */
  first: Exposure | undefined;
}
