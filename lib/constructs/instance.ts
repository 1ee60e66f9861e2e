import type {
  IResolvable,
  ITerraformDependable,
  StringMap,
  TerraformMetaArguments,
  TerraformProvider,
} from "cdktf";
import type { Construct } from "constructs";
import { InstanceResource } from "../bindings";
import { brand, hasBrand } from "./brand";
import {
  ExistingInstance,
  type ExistingInstanceOptions,
  type InstanceLookupOptions,
  LookedUpInstance,
} from "./existing-instance";
import { type IImage, imageNameOf } from "./image";
import { importFrom } from "./import-block";
import { type IInstance, type IKnownInstance, InstanceBase } from "./instance-base";
import { readableName } from "./name";
import { inheritedProvider } from "./owner-provider";
import type { IProject } from "./project-base";
import { type Answers, checkProps, type Fixes } from "./props";
import { attributeOf, idIn, isRepeated, repetitionWith } from "./repetition";
import { resourceConfig } from "./resource-config";
import { prepareStack } from "./stack-preparation";
import { synthesized } from "./synthesized";
import type { OperationTimeouts } from "./timeouts";
import { type UserDataOptions, userDataArguments } from "./user-data";

/** What an instance is, whichever project owns it. */
export interface InstanceOptions extends TerraformMetaArguments, UserDataOptions {
  /**
   * Image that the instance runs, or the name of one: another image replaces the instance, and its forwards follow.
   * @example
   * const image = Image.fromLookup(this, "Ubuntu", { name: "ubuntu-*", latest: true });
   */
  readonly image: string | IImage;
  /** Size of the instance. */
  readonly flavor: string;
  /**
   * Name for people; not unique. 1 to 63 letters, digits, dots, underscores, hyphens or spaces.
   * @default the construct id in lower case with hyphens: "WebServer" gives "web-server"
   */
  readonly name?: string;
  /**
   * Free text for people, at most 1,000 characters.
   * @default no description
   */
  readonly description?: string;
  /**
   * Labels to select by, at most 64.
   * @default no labels
   */
  readonly labels?: { [key: string]: string };
  /**
   * Public keys that may log in, each one line as in `id_ed25519.pub`; at most 64. They change in place.
   * @default no keys
   * @example
   * const sshKeys = [readFileSync("id_ed25519.pub", "utf8").trim()];
   */
  readonly sshKeys?: string[];
  /**
   * Whether the platform refuses to delete the instance, until this is false and applied. Taking the instance out of
   * the code does not take the protection away, as it would with `lifecycle.preventDestroy`; a change that replaces
   * the instance (another image, other user data, another project) is refused at plan, too.
   * @default false
   */
  readonly deletionProtection?: boolean | IResolvable;
  /**
   * What exists and is to be taken over instead of made: "project/name", or its id. Terraform passes over it once it is
   * in the state. The plan says what the code would change of it.
   * @default the instance is made
   * @example
   * const importFrom = "ai-lab/web";
   */
  readonly importFrom?: string;
  /**
   * How long Terraform waits for the platform, an instance's start included.
   * @default 10 minutes for each operation
   * @example
   * const timeouts = { create: "20m" };
   */
  readonly timeouts?: OperationTimeouts;
}

/** How an instance is made. */
export interface InstanceProps extends InstanceOptions {
  /** Project that owns the instance. */
  readonly project: IProject;
  /**
   * The provider that makes the instance.
   * @default the project's own provider; the stack's default provider where the project is of another stack
   */
  readonly provider?: TerraformProvider;
}

const fixes: Fixes<"instances"> = {
  projectId: "Pass a Project as `project`.",
  name: "Give `name` another value.",
  image: "Give `image` the name of one of the platform's images, or what Image.fromLookup gives.",
  flavor: "Give `flavor` the name of one of the platform's flavors.",
  description: "Shorten `description`.",
  labels: "Correct `labels`.",
  sshKeys: "Pass the content of a public key file, without its end of line.",
  deletionProtection: "Pass true or false.",
  userData: "Shorten `userData`: let the instance fetch the rest.",
};

/**
 * A virtual machine with a private address.
 *
 * When it has to be replaced, the new machine is made before the old one goes, so its forwards move over
 * and keep their external ports; `lifecycle: { createBeforeDestroy: false }` turns that off. One that has
 * `deletionProtection` is not replaced. A platform that only shows instances refuses one at plan:
 * `Instance.fromLookup` then.
 *
 * @example
 * const web = new Instance(this, "Web", { project, image: "http-hello", flavor: "small" });
 */
export class Instance extends InstanceBase implements IKnownInstance, ITerraformDependable {
  static {
    brand(Instance, "Instance");
  }

  /** Whether a value is an Instance, of this or another copy of the package. */
  static isInstance(value: unknown): value is Instance {
    return hasBrand(value, "Instance");
  }

  /**
   * An instance that something else made, by its id; nothing is asked.
   *
   * @example
   * const web = Instance.fromInstanceId(this, "Web", "ins-01hxw4", { project });
   */
  static fromInstanceId(
    scope: Construct,
    id: string,
    instanceId: string,
    options: ExistingInstanceOptions,
  ): IInstance {
    return new ExistingInstance(scope, id, instanceId, options);
  }

  /**
   * An instance that something else made, by its name within a project that exists. The platform is asked at synthesis
   * as in `Project.fromLookup`, once for all instances of the project, and the answer is kept in the same file.
   *
   * @example
   * const lab = Project.fromLookup(this, "Lab", { name: "ai-lab" });
   * const web = Instance.fromLookup(this, "Web", { project: lab, name: "web" });
   * web.forward(Port.tcp(443), { description: "web service" });
   */
  static fromLookup(scope: Construct, id: string, options: InstanceLookupOptions): IKnownInstance {
    return new LookedUpInstance(scope, id, options);
  }

  readonly project: IProject;
  protected readonly provider: TerraformProvider | undefined;
  private readonly resource: InstanceResource;
  private readonly id: string;

  constructor(scope: Construct, id: string, props: InstanceProps) {
    super(scope, id);
    const input = {
      projectId: idIn(this, props.project, ({ projectId }) => projectId),
      name: props.name ?? readableName(id),
      image: imageNameOf(props.image),
      flavor: props.flavor,
      description: props.description,
      labels: props.labels,
      sshKeys: props.sshKeys,
      deletionProtection: props.deletionProtection,
      userData: props.userData,
    } satisfies Answers<"instances">;
    checkProps(this, "instances", input, fixes);
    this.project = props.project;
    this.provider = props.provider ?? inheritedProvider(this, props.project);
    const more = {
      provider: this.provider,
      ...userDataArguments(this, props),
      ...repetitionWith(this, props.project, props),
      lifecycle: { createBeforeDestroy: true, ...props.lifecycle },
    };
    this.resource = new Resource(this, "Default", resourceConfig(input, props, more));
    importFrom(this, "instances", this.resource, props.importFrom);
    prepareStack(this.resource);
    // Read once, as in Project: a token takes a stack trace. It is no text where there are several.
    this.id = this.resource.id;
  }

  get instanceId(): string {
    return isRepeated(this) ? this.known("id") : this.id;
  }

  /** Name for people. */
  get instanceName(): string {
    return this.known("name");
  }

  get privateIp(): string {
    return this.known("privateIp");
  }

  /** How the instance is doing: building, active, stopped or error. */
  get status(): string {
    return this.known("status");
  }

  /** All labels of the instance: its own, and the provider's `defaultLabels`. */
  get effectiveLabels(): StringMap {
    return this.known("effectiveLabels");
  }

  /** Mark of the stack that made it. */
  get ownershipId(): string {
    return this.known("ownershipId");
  }

  /** When it was made, in UTC. */
  get createdAt(): string {
    return this.known("createdAt");
  }

  /** Address in Terraform's configuration, so that others can depend on the instance. */
  get fqn(): string {
    return this.resource.fqn;
  }

  private known<K extends keyof InstanceResource & string>(name: K): InstanceResource[K] {
    return attributeOf(this, this.resource, name, "instances");
  }
}

const Resource = synthesized(InstanceResource);
