import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { Project } from "../contract";
import { lookUp } from "./lookup";
import type { lookupKinds } from "./lookup-kind";
import { type IKnownProject, ProjectBase } from "./project-base";

/** Which existing project is meant. */
export interface ExistingProjectOptions {
  /**
   * The provider that the project's instances get, and whose platform is asked.
   * @default the stack's default provider
   */
  readonly provider?: TerraformProvider;
}

/** A project that something else made; only its id is known. */
export class ExistingProject extends ProjectBase {
  protected readonly provider: TerraformProvider | undefined;

  constructor(
    scope: Construct,
    id: string,
    readonly projectId: string,
    options: ExistingProjectOptions = {},
  ) {
    super(scope, id);
    this.provider = options.provider;
  }
}

/** Which existing project is looked up. */
export interface ProjectLookupOptions extends ExistingProjectOptions {
  /** Name, unique on the platform. */
  readonly name: string;
}

/** A project that was looked up on the platform: its values are known at synthesis. */
export class LookedUpProject extends ProjectBase implements IKnownProject {
  readonly projectId: string;
  readonly projectName: string;
  readonly externalIps: string[];
  readonly privateCidr: string;
  protected readonly provider: TerraformProvider | undefined;

  constructor(scope: Construct, id: string, { name, provider }: ProjectLookupOptions) {
    super(scope, id);
    const facts = lookUp(this, { kind: "project", by: { name }, provider }) as Facts;
    this.provider = provider;
    this.projectId = facts.id;
    this.projectName = facts.name;
    this.externalIps = [...(facts.externalIps ?? [])];
    this.privateCidr = facts.privateCidr;
  }
}

type Facts = Pick<Project, (typeof lookupKinds)["project"]["facts"][number]>;
