import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { Instance } from "../contract";
import { type IKnownInstance, InstanceBase } from "./instance-base";
import { lookUp } from "./lookup";
import type { lookupKinds } from "./lookup-kind";
import { inheritedProvider, providerOf } from "./owner-provider";
import type { IKnownProject, IProject } from "./project-base";

/** Which existing instance is meant. */
export interface ExistingInstanceOptions {
  /** Project that owns the instance and will own its forwards. */
  readonly project: IProject;
  /**
   * The provider that the instance's forwards get.
   * @default the project's own provider; the stack's default provider where the project is of another stack
   */
  readonly provider?: TerraformProvider;
}

/** An instance that something else made; only its id is known. */
export class ExistingInstance extends InstanceBase {
  readonly project: IProject;
  protected readonly provider: TerraformProvider | undefined;

  constructor(
    scope: Construct,
    id: string,
    readonly instanceId: string,
    options: ExistingInstanceOptions,
  ) {
    super(scope, id);
    this.project = options.project;
    this.provider = options.provider ?? inheritedProvider(this, options.project);
  }
}

/** Which existing instance is looked up. */
export interface InstanceLookupOptions {
  /** Project that owns it, as `Project.fromLookup` gives it. */
  readonly project: IKnownProject;
  /** Name of exactly one instance of the project. */
  readonly name: string;
  /**
   * The provider that the instance's forwards get, and whose platform is asked.
   * @default the project's own provider; for the forwards, the stack's default one where the project is of another stack
   */
  readonly provider?: TerraformProvider;
}

/** An instance that was looked up on the platform: its values are known at synthesis. */
export class LookedUpInstance extends InstanceBase implements IKnownInstance {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly privateIp: string;
  readonly project: IKnownProject;
  protected readonly provider: TerraformProvider | undefined;

  constructor(scope: Construct, id: string, { project, name, provider }: InstanceLookupOptions) {
    super(scope, id);
    const facts = lookUp(this, {
      kind: "instance",
      project,
      by: { name },
      provider: provider ?? providerOf(project),
    }) as Facts;
    this.project = project;
    this.provider = provider ?? inheritedProvider(this, project);
    this.instanceId = facts.id;
    this.instanceName = facts.name;
    this.privateIp = facts.privateIp;
  }
}

type Facts = Pick<Instance, (typeof lookupKinds)["instance"]["facts"][number]>;
