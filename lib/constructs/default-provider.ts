import { TerraformProvider, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { ProviderBlock } from "../bindings";
import { resolveEndpoint, SettingsError } from "../connect";
import { notify } from "./notice";
import { FairleadProvider } from "./provider";
import { ownConstructs } from "./tree";

/** Gives a stack without a provider construct one that takes its settings from the environment. */
export function provideDefault(stack: TerraformStack): void {
  if (providersOf(stack).length === 0) new FromEnvironment(stack, "FairleadProvider");
}

class FromEnvironment extends FairleadProvider {
  protected override onSynthesize(stackFolder: string): void {
    super.onSynthesize(stackFolder);
    notify(this, "info", describeEndpoint());
  }
}

/** One line: which platform the stack will be deployed to, or what to set. */
function describeEndpoint(): string {
  try {
    return `Deploys to ${resolveEndpoint({}).endpoint} (from FAIRLEAD_ENDPOINT).`;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}

/** Our providers in a stack, whichever copy of the package made them. */
function providersOf(stack: TerraformStack): IConstruct[] {
  return ownConstructs(stack).filter(
    (node) =>
      TerraformProvider.isTerraformProvider(node) &&
      node.terraformResourceType === ProviderBlock.tfResourceType,
  );
}
