import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  App,
  LocalBackend,
  Manifest,
  TerraformBackend,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
} from "cdktf";
import { Construct } from "constructs";

export type { TerraformStack } from "cdktf";

/** Construct id of what a test adds to a stack, for as long as it is synthesized. */
const addition = "FairleadTesting";

/** A stack that was synthesized for a test. */
export interface SynthesizedForTest {
  /** Where Terraform runs. */
  readonly folder: string;
  /** Names of the outputs that hold the values that the test asks for, in its words. */
  readonly outputNames: ReadonlyMap<string, string>;
}

/**
 * Writes a stack into a folder as `app.synth()` would, with its validations. Two things are the test's: where the
 * state is, whatever backend the code names, and which platform is used, whatever endpoint it names.
 * @param asked values that become outputs
 */
export function synthesizeFor(
  stack: TerraformStack,
  outdir: string,
  asked: Readonly<Record<string, unknown>>,
): SynthesizedForTest {
  mkdirSync(outdir, { recursive: true });
  const app = App.of(stack);
  // All of them: one that refers to another reads its state.
  const stacks = app.node.findAll().filter(TerraformStack.isStack);
  for (const each of stacks) keepStateIn(outdir, each);
  const scope = new Construct(stack, addition);
  try {
    const outputs = Object.entries(asked).map(([name, value]) => {
      // A value that is a secret must not be what makes Terraform refuse.
      const output = new TerraformOutput(scope, name, { value, sensitive: true });
      return [name, output.friendlyUniqueId] as const;
    });
    for (const each of stacks) each.prepareStack();
    const manifest = new Manifest("fairlead-testing", outdir, false);
    stack.synthesizer.synthesize({ outdir, manifest, skipValidation: app.skipValidation });
    const { workingDirectory, synthesizedStackPath } = manifest.forStack(stack);
    connectToEnvironment(join(outdir, synthesizedStackPath));
    return { folder: join(outdir, workingDirectory), outputNames: new Map(outputs) };
  } finally {
    stack.node.tryRemoveChild(addition);
  }
}

function keepStateIn(folder: string, stack: TerraformStack): void {
  for (const { node } of stack.node.findAll().filter(TerraformBackend.isBackend)) {
    node.scope?.node.tryRemoveChild(node.id);
  }
  new LocalBackend(stack, { path: join(folder, `${stack.node.id}.tfstate`) });
}

/** Without arguments of its own, the provider takes platform and token from the environment. */
function connectToEnvironment(file: string): void {
  const configuration = JSON.parse(readFileSync(file, "utf8")) as {
    readonly provider?: { readonly fairlead?: Record<string, unknown>[] };
  };
  for (const block of configuration.provider?.fairlead ?? []) {
    for (const argument of ["endpoint", "token", "openstack"]) delete block[argument];
  }
  writeFileSync(file, JSON.stringify(configuration, undefined, 2));
}

/** The constructs of a stack's resources, by the addresses that Terraform knows these by. */
export function pathsByAddress(stack: TerraformStack): ReadonlyMap<string, string> {
  const resources = stack.node.findAll().filter(TerraformResource.isTerraformResource);
  return new Map(
    resources.map(({ node, terraformResourceType, friendlyUniqueId }) => [
      `${terraformResourceType}.${friendlyUniqueId}`,
      (node.id === "Default" ? node.scope! : { node }).node.path,
    ]),
  );
}
