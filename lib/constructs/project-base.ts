import { type TerraformProvider, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { ConstructError } from "./construct-error";
import { Instance, type InstanceOptions } from "./instance";
import { readableName } from "./name";
import { type SshConfigOptions, sshConfigOf } from "./ssh-config";

/** Owner of instances and forwards. */
export interface IProject extends IConstruct {
  /** Identifier, made by the platform. */
  readonly projectId: string;
  /** Adds an instance; its construct id is that of the instance within the project. */
  addInstance(id: string, options: AddInstanceOptions): Instance;
  /** Adds several instances of one kind; a number from 1 on follows the construct id. */
  addInstances(id: string, count: number, options: AddInstancesOptions): Instance[];
  /** An OpenSSH client configuration with a host for each ssh forward of the project in its stack. */
  sshConfig(options?: SshConfigOptions): string;
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

/** How several instances of one kind are added to a project. */
export interface AddInstancesOptions extends Omit<AddInstanceOptions, "name" | "importFrom"> {
  /**
   * Name for people; a hyphen and the number follow it.
   * @default the construct id in lower case with hyphens: "Web" gives "web-1", "web-2" ...
   */
  readonly name?: string;
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
    return new Instance(this, id, { ...options, project: this });
  }

  /**
   * Adds several instances of one kind: "Web1", "Web2" and so on, named "web-1", "web-2". With another count those in
   * both stay as they are.
   *
   * @param count how many, a number that is known at synthesis
   * @throws ConstructError
   * @example
   * for (const web of project.addInstances("Web", 3, { image: "http-hello", flavor: "small" })) {
   *   web.forward(Port.tcp(8080), { description: "web service" });
   * }
   */
  addInstances(id: string, count: number, options: AddInstancesOptions): Instance[] {
    if (Token.isUnresolved(count) || !Number.isInteger(count) || count < 0) {
      throw new ConstructError(this, {
        problem: `The count of ${id} is ${Token.isUnresolved(count) ? "a token" : count}, but it is a whole number that is known at synthesis.`,
        fix: "Pass such a number; for one that only Terraform knows, addInstance with `count`.",
      });
    }
    const name = options.name ?? readableName(id);
    return Array.from({ length: count }, (_, i) =>
      this.addInstance(`${id}${i + 1}`, { ...options, name: `${name}-${i + 1}` }),
    );
  }

  /**
   * An OpenSSH client configuration with a host for each forward of port 22 of the project's instances in this stack,
   * those included that are declared later. A host has the name of its instance, and a `HostKeyAlias` that stays when
   * the instance is replaced.
   *
   * @throws ConstructError
   * @example
   * new TerraformOutput(this, "sshConfig", { value: project.sshConfig({ user: "ubuntu" }) });
   * // terraform output -raw sshConfig > lab.conf && ssh -F lab.conf web
   */
  sshConfig(options: SshConfigOptions = {}): string {
    return sshConfigOf(this, options);
  }
}
