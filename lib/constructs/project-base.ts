import type { TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { Instance, type InstanceOptions } from "./instance";

/** Owner of instances and forwards. */
export interface IProject extends IConstruct {
  /** Identifier, made by the platform. */
  readonly projectId: string;
  /** Adds an instance; its construct id is that of the instance within the project. */
  addInstance(id: string, options: AddInstanceOptions): Instance;
}

/** A project of which more than the id is known. */
export interface IKnownProject extends IProject {
  /** Name, unique on the platform. */
  readonly projectName: string;
  /** Public addresses that forwards of the project can have. */
  readonly externalIps: string[];
  /** Network that the private addresses of the project's instances are taken from. */
  readonly privateCidr: string;
}

/** How an instance is added to a project. */
export interface AddInstanceOptions extends InstanceOptions {
  /**
   * The provider that makes the instance.
   * @default the project's own provider
   */
  readonly provider?: TerraformProvider;
}

/** What made and existing projects have in common. */
export abstract class ProjectBase extends Construct implements IProject {
  abstract readonly projectId: string;
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
