import type { ITerraformDependable, TerraformMetaArguments, TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { ProjectResource } from "../bindings";
import { collections } from "../contract";
import { brand, hasBrand } from "./brand";
import { Instance, type InstanceOptions } from "./instance";
import { metaArguments } from "./meta-arguments";
import { type LeanMetadata, leanMetadata } from "./metadata";
import { type Answers, checkProps, type Fixes } from "./props";
import { prepareStack } from "./stack-preparation";

/** Owner of instances and forwards. */
export interface IProject extends IConstruct {
  /** Identifier, made by the platform. */
  readonly projectId: string;
  /** Name, unique on the platform. */
  readonly projectName: string;
  /** Public addresses that forwards of the project can have. */
  readonly externalIps: string[];
  /** Network that the private addresses of the project's instances are taken from. */
  readonly privateCidr: string;
  /** Adds an instance; its construct id is that of the instance within the project. */
  addInstance(id: string, options: AddInstanceOptions): Instance;
}

/** How an instance is added to a project. */
export interface AddInstanceOptions extends InstanceOptions {
  /**
   * The provider that makes the instance.
   * @default the project's own provider
   */
  readonly provider?: TerraformProvider;
}

/** How a project is made. */
export interface ProjectProps extends TerraformMetaArguments {
  /** Name, unique on the platform: 1 to 63 letters, digits, dots, underscores, hyphens or spaces. */
  readonly name: string;
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
}

const fixes: Fixes<typeof collections.projects> = {
  name: "Give `name` another value.",
  description: "Shorten `description`.",
  labels: "Correct `labels`.",
};

/** What made and existing projects have in common. */
export abstract class ProjectBase extends Construct implements IProject {
  abstract readonly projectId: string;
  abstract readonly projectName: string;
  abstract readonly externalIps: string[];
  abstract readonly privateCidr: string;
  /** The provider that the project's instances get. */
  protected abstract readonly provider: TerraformProvider | undefined;

  /**
   * Adds an instance to the project.
   *
   * @example
   * const web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
   */
  addInstance(id: string, options: AddInstanceOptions): Instance {
    return new Instance(this, id, { provider: this.provider, ...options, project: this });
  }
}

/**
 * Owner of instances and forwards.
 *
 * @example
 * const project = new Project(this, "Project", { name: "ai-lab" });
 */
export class Project extends ProjectBase implements ITerraformDependable {
  static {
    brand(Project, "Project");
  }

  /** Whether a value is a Project, of this or another copy of the package. */
  static isProject(value: unknown): value is Project {
    return hasBrand(value, "Project");
  }

  protected readonly provider: TerraformProvider | undefined;
  private readonly resource: ProjectResource;

  constructor(scope: Construct, id: string, props: ProjectProps) {
    super(scope, id);
    const input = {
      name: props.name,
      description: props.description,
      labels: props.labels,
    } satisfies Answers<typeof collections.projects>;
    checkProps(this, collections.projects, input, fixes);
    prepareStack(this);
    this.provider = props.provider;
    this.resource = new Resource(this, "Default", { ...input, ...metaArguments(props) });
  }

  get projectId(): string {
    return this.resource.id;
  }

  get projectName(): string {
    return this.resource.name;
  }

  get externalIps(): string[] {
    return this.resource.externalIps;
  }

  get privateCidr(): string {
    return this.resource.privateCidr;
  }

  /** Address in Terraform's configuration, so that others can depend on the project. */
  get fqn(): string {
    return this.resource.fqn;
  }
}

class Resource extends ProjectResource {
  protected override get constructNodeMetadata(): LeanMetadata {
    return leanMetadata(this);
  }
}
