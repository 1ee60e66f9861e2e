import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { providerSource, providerVersion } from "../../lib/bindings/release";
import { freshFolder } from "./clean-up";
import {
  type Environment,
  type Finished,
  fairlead,
  freshEnvironment,
  type Launched,
  launch,
  succeeded,
} from "./command";
import { processesAbout, type RunningProcess } from "./processes";

/** A resource in Terraform's state. */
export interface StateResource {
  readonly status?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A folder of plain HCL with the real Terraform in it. */
export class TerraformFolder {
  /** Temporary files and settings; the configuration is in `path`. */
  readonly folder = freshFolder();
  readonly path = join(this.folder, "configuration");
  readonly environment: Environment;

  constructor(environment: Environment = {}) {
    mkdirSync(this.path);
    this.environment = freshEnvironment(this.folder, environment);
  }

  /** Writes `main.tf`: which provider, and what it shall make. */
  write(configuration: string, provider = ""): void {
    const header = `
terraform {
  required_providers {
    fairlead = {
      source  = "${providerSource}"
      version = "${providerVersion}"
    }
  }
}
${provider}
`;
    writeFileSync(join(this.path, "main.tf"), header + configuration);
  }

  /** `fairlead provider install` and `terraform init`. */
  async initialize(): Promise<void> {
    await this.installProvider();
    this.write("");
    await this.succeed("init");
  }

  async installProvider(): Promise<Finished> {
    return succeeded(fairlead(["provider", "install", this.path], { env: this.environment }));
  }

  /** Starts `terraform <command>`, such as "plan" or "state rm", and does not wait. */
  launch(command: string, args: readonly string[] = [], environment: Environment = {}): Launched {
    return launch(["terraform", ...command.split(" "), "-no-color", ...args], {
      cwd: this.path,
      env: { ...this.environment, ...environment },
    });
  }

  /** `terraform <command>`, as it ends. */
  run(command: string, ...args: string[]): Promise<Finished> {
    return this.launch(command, args).exit;
  }

  /** `terraform <command>`, which has to succeed; resolves with what it wrote. */
  async succeed(command: string, ...args: string[]): Promise<string> {
    return (await succeeded(this.run(command, ...args))).output;
  }

  /** `terraform <command>`, which has to fail; resolves with what the user reads, as one line of text. */
  async fail(command: string, ...args: string[]): Promise<string> {
    const { code, output } = await this.run(command, ...args);
    if (code === 1) return asOneLine(output);
    throw new Error(`ended with ${code} instead of an error:\n${output}`);
  }

  /** Applies a configuration; resolves with what Terraform wrote. */
  apply(configuration: string): Promise<string> {
    this.write(configuration);
    return this.succeed("apply", "-auto-approve");
  }

  /** What a plan says; "" when it says that nothing changes. @throws Error when it fails */
  async changes(): Promise<string> {
    const { code, output } = await this.run("plan", "-detailed-exitcode");
    if (code === 0 && output.includes("No changes.")) return "";
    if (code === 2) return output;
    throw new Error(`plan ended with ${code}:\n${output}`);
  }

  /** A resource in the state, by its address: `fairlead_project.lab`. */
  resource(address: string): StateResource | undefined {
    const [type, name] = address.split(".");
    const { resources } = JSON.parse(this.state()) as {
      resources: { type: string; name: string; instances: StateResource[] }[];
    };
    return resources.find((resource) => resource.type === type && resource.name === name)?.instances[0];
  }

  /** Whether anything was ever written to the state. */
  hasState(): boolean {
    return existsSync(join(this.path, "terraform.tfstate"));
  }

  state(): string {
    return readFileSync(join(this.path, "terraform.tfstate"), "utf8");
  }

  /** Processes that were started from here and still run. */
  processes(): RunningProcess[] {
    return processesAbout(this.folder);
  }

  /** Files that programs left in their temporary folder, such as a provider's socket. */
  leftOvers(): string[] {
    return readdirSync(join(this.folder, "tmp"));
  }
}

/** What a diagnostic says, without the frame and the line breaks that Terraform puts in. */
export function asOneLine(output: string): string {
  return output
    .replace(/^[│╷╵]/gm, " ")
    .replace(/\s+/g, " ")
    .trim();
}
