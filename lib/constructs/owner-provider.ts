import { TerraformProvider, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** The provider that what belongs to a project or an instance gets; undefined: its stack's default provider. */
export function providerOf(owner: IConstruct | undefined): TerraformProvider | undefined {
  // It is no part of IProject and IInstance, and the owner may be of another copy of this package.
  const provider: unknown = owner && Reflect.get(owner, "provider");
  return TerraformProvider.isTerraformProvider(provider) ? provider : undefined;
}

/** The owner's provider, for what belongs to it. Terraform has providers for each stack: one of another stack is none. */
export function inheritedProvider(construct: IConstruct, owner: IConstruct): TerraformProvider | undefined {
  const provider = providerOf(owner);
  return provider && provider.cdktfStack === TerraformStack.of(construct) ? provider : undefined;
}
