import type { TerraformPlace } from "../terraform";
import { type SynthesizedForTest, synthesizeFor, type TerraformStack } from "./synthesis";
import { terraform } from "./terraform";
import { type Changes, changesIn, failureOf } from "./terraform-messages";

/** A stack that was applied. */
export interface Deployment<Asked extends object> {
  /** The values that were asked for, as they are after the apply, and every output of the stack by its id. */
  readonly outputs: Asked & Readonly<Record<string, unknown>>;
  /** What the apply has changed: nothing, where the stack was deployed before as it is. */
  readonly changes: Changes;
}

/** How a stack is deployed. */
export interface DeployOptions {
  /**
   * Values of the stack's variables, by their names.
   * @default no values; a variable without a default fails the deployment then
   */
  readonly variables?: Readonly<Record<string, string>>;
}

/** What Terraform does with the stacks of one platform; each keeps its state from one deployment to the next. */
export class Deployments {
  constructor(
    private readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws Error with what Terraform says, at the constructs that it is about */
  async apply<Asked extends object>(
    stack: TerraformStack,
    asked: Asked,
    options: DeployOptions,
  ): Promise<Deployment<Asked>> {
    const { place, outputNames } = await this.initialized(stack, options, asked);
    const changes = await change(stack, place, "apply", "-auto-approve");
    return { changes, outputs: named(await outputsOf(stack, place), outputNames) as Asked & Outputs };
  }

  /** What an apply would change. */
  async plan(stack: TerraformStack, options: DeployOptions): Promise<Changes> {
    const { place } = await this.initialized(stack, options);
    return change(stack, place, "plan");
  }

  async destroy(stack: TerraformStack, options: DeployOptions): Promise<Changes> {
    const { place } = await this.initialized(stack, options);
    return change(stack, place, "destroy", "-auto-approve");
  }

  private async initialized(
    stack: TerraformStack,
    { variables = {} }: DeployOptions,
    asked: object = {},
  ): Promise<Pick<SynthesizedForTest, "outputNames"> & { readonly place: TerraformPlace }> {
    const { folder, outputNames } = synthesizeFor(stack, this.folder, { ...asked });
    const given = Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value]);
    const environment = { ...this.environment, ...Object.fromEntries(given) };
    const place = { folder, environment, signal: this.signal };
    const run = await terraform(place, "init", "-input=false", "-no-color", "-reconfigure");
    if (run.failed) throw failureOf(stack, "init", run);
    return { place, outputNames };
  }
}

async function change(stack: TerraformStack, place: TerraformPlace, ...command: string[]): Promise<Changes> {
  const run = await terraform(place, ...command, "-input=false", "-json");
  if (run.failed) throw failureOf(stack, command[0]!, run);
  return changesIn(run.stdout);
}

type Outputs = Readonly<Record<string, unknown>>;

async function outputsOf(stack: TerraformStack, place: TerraformPlace): Promise<Outputs> {
  const run = await terraform(place, "output", "-json");
  if (run.failed) throw failureOf(stack, "output", run);
  const all = JSON.parse(run.stdout) as Readonly<Record<string, { readonly value: unknown }>>;
  return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]));
}

/** Outputs with what was asked for in the test's own words. */
function named(outputs: Outputs, names: SynthesizedForTest["outputNames"]): Outputs {
  const added = new Set(names.values());
  return Object.fromEntries([
    ...Object.entries(outputs).filter(([name]) => !added.has(name)),
    ...[...names].map(([name, output]) => [name, outputs[output]]),
  ]);
}
