import type { ITerraformDependable, StringMap, TerraformMetaArguments, TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { ProjectResource } from "../bindings";
import { brand, hasBrand } from "./brand";
import {
  ExistingProject,
  type ExistingProjectOptions,
  LookedUpProject,
  type ProjectLookupOptions,
} from "./existing-project";
import { importFrom } from "./import-block";
import { type IKnownProject, type IProject, ProjectBase } from "./project-base";
import { type Answers, checkProps, type Fixes } from "./props";
import { attributeOf, isRepeated } from "./repetition";
import { resourceConfig } from "./resource-config";
import { prepareStack } from "./stack-preparation";
import { synthesized } from "./synthesized";
import type { OperationTimeouts } from "./timeouts";

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
  /**
   * Most instances that the project may have, 0 to 1,000,000.
   * @default no limit
   */
  readonly instanceQuota?: number;
  /**
   * Most forwards that the project may have, 0 to 1,000,000; a range counts once.
   * @default no limit
   */
  readonly portForwardQuota?: number;
  /**
   * What exists and is to be taken over instead of made: its name, or its id. Terraform passes over it once it is in the
   * state. The plan says what the code would change of it.
   * @default the project is made
   * @example
   * const importFrom = "ai-lab";
   */
  readonly importFrom?: string;
  /**
   * How long Terraform waits for the platform.
   * @default 10 minutes for each operation
   */
  readonly timeouts?: OperationTimeouts;
}

const fixes: Fixes<"projects"> = {
  name: "Give `name` another value.",
  description: "Shorten `description`.",
  labels: "Correct `labels`.",
  instanceQuota: "Correct `instanceQuota`; without it there is no limit.",
  portForwardQuota: "Correct `portForwardQuota`; without it there is no limit.",
};

/**
 * Owner of instances and forwards. A platform that only shows projects refuses one at plan: `Project.fromLookup` then.
 *
 * @example
 * const project = new Project(this, "Project", { name: "ai-lab" });
 */
export class Project extends ProjectBase implements IKnownProject, ITerraformDependable {
  static {
    brand(Project, "Project");
  }

  /** Whether a value is a Project, of this or another copy of the package. */
  static isProject(value: unknown): value is Project {
    return hasBrand(value, "Project");
  }

  /** A project that something else made, by its id; nothing is asked. */
  static fromProjectId(
    scope: Construct,
    id: string,
    projectId: string,
    options: ExistingProjectOptions = {},
  ): IProject {
    return new ExistingProject(scope, id, projectId, options);
  }

  /**
   * A project that something else made, by its name. The platform is asked at synthesis, once: the answer
   * is kept in `fairlead.context.json` beside `cdktf.json`, which belongs into version control.
   *
   * Its token comes from FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE. With CI set the file is all there is; under
   * jest, too, unless FAIRLEAD_ASK_PLATFORM=1 is set, or the test gives the answers: `answerLookups` of `fairlead/testing`.
   *
   * @example
   * const lab = Project.fromLookup(this, "Lab", { name: "ai-lab" });
   */
  static fromLookup(scope: Construct, id: string, options: ProjectLookupOptions): IKnownProject {
    return new LookedUpProject(scope, id, options);
  }

  protected readonly provider: TerraformProvider | undefined;
  private readonly resource: ProjectResource;
  private readonly id: string;

  constructor(scope: Construct, id: string, props: ProjectProps) {
    super(scope, id);
    const input = {
      name: props.name,
      description: props.description,
      labels: props.labels,
      instanceQuota: props.instanceQuota,
      portForwardQuota: props.portForwardQuota,
    } satisfies Answers<"projects">;
    checkProps(this, "projects", input, fixes);
    this.provider = props.provider;
    this.resource = new Resource(this, "Default", resourceConfig(input, props, {}));
    importFrom(this, "projects", this.resource, props.importFrom);
    prepareStack(this.resource);
    // Every reading of an attribute makes a token, and a token takes a stack trace; this one is read by every
    // instance and forward of the project.
    this.id = this.resource.id;
  }

  get projectId(): string {
    return isRepeated(this) ? this.known("id") : this.id;
  }

  get projectName(): string {
    return this.known("name");
  }

  get externalIps(): string[] {
    return this.known("externalIps");
  }

  get privateCidr(): string {
    return this.known("privateCidr");
  }

  /** All labels of the project: its own, and the provider's `defaultLabels`. */
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

  /** Address in Terraform's configuration, so that others can depend on the project. */
  get fqn(): string {
    return this.resource.fqn;
  }

  private known<K extends keyof ProjectResource & string>(name: K): ProjectResource[K] {
    return attributeOf(this, this.resource, name, "projects");
  }
}

const Resource = synthesized(ProjectResource);
