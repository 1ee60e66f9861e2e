import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { type OpenStackArguments, resolveEndpoint, SettingsError } from "../../connect";
import { ConstructError, describe } from "../construct-error";
import { isExpression, knownValue } from "../known-value";

/** A provider that says where its platform is. */
interface Provider extends IConstruct {
  readonly endpointInput?: string | undefined;
  readonly openstackInput?: OpenStackArguments | undefined;
}

const fix = "Correct `endpoint`, or leave it out and set FAIRLEAD_ENDPOINT where Terraform runs.";

/**
 * Refuses an endpoint that Terraform would refuse at plan: at once where it is text, at synthesis where it is Lazy.
 * @throws ConstructError
 */
export function checkEndpoint(provider: Provider): void {
  const { endpointInput: given } = provider;
  if (given === undefined) return;
  if (!Token.isUnresolved(given)) {
    const problem = problemOf(provider, given);
    if (problem !== undefined) throw new ConstructError(provider, { problem, fix });
    return;
  }
  provider.node.addValidation({
    validate: () => {
      const value = knownValue(provider, provider.endpointInput);
      const problem = typeof value === "string" ? problemOf(provider, value) : undefined;
      return problem === undefined ? [] : [describe({ problem, fix })];
    },
  });
}

function problemOf({ openstackInput }: Provider, endpoint: string): string | undefined {
  if (isExpression(endpoint)) return undefined;
  try {
    resolveEndpoint({ endpoint, openstack: openstackInput });
    return undefined;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}
