import { type TerraformProvider, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { type OpenStackArguments, resolveEndpoint } from "../connect";
import { ConstructError, withPath } from "./construct-error";
import { knownValue } from "./known-value";
import { FairleadProvider } from "./provider";

/** Which platform is asked at synthesis. */
export interface AskedPlatform {
  readonly endpoint: string;
  /** File of the CA that its certificate descends from, as far as it is known at synthesis. */
  readonly caFile: string | undefined;
  /** What of an OpenStack cloud is used, as far as it is known at synthesis. */
  readonly openstack: OpenStackArguments | undefined;
}

/**
 * The endpoint as it is declared: the provider's, or that of the environment.
 * @throws ConstructError when it is known to Terraform only, or there is none
 */
export function endpointOf(scope: IConstruct, provider: TerraformProvider | undefined): AskedPlatform {
  const ours = FairleadProvider.isFairleadProvider(provider) ? provider : undefined;
  const given = ours?.endpoint;
  if (given !== undefined && Token.isUnresolved(given)) {
    throw new ConstructError(scope, {
      problem: `The endpoint of ${provider?.node.path} is a token, so it is not known at synthesis.`,
      fix: "Write the endpoint as text, or leave it out and set FAIRLEAD_ENDPOINT.",
    });
  }
  const block = ours?.openstackInput;
  if (block && [block.cloud, block.region].some((value) => Token.isUnresolved(value))) {
    throw new ConstructError(scope, {
      problem: `The OpenStack cloud of ${provider?.node.path} is a token, so it is not known at synthesis.`,
      fix: "Write cloud and region as text, or leave them out and set OS_CLOUD and OS_REGION_NAME.",
    });
  }
  const openstack =
    block &&
    (Object.fromEntries(
      Object.entries(block).map(([name, value]) => [name, knownValue(scope, value)]),
    ) as OpenStackArguments);
  const { endpoint } = withPath(scope, () => resolveEndpoint({ endpoint: given, openstack }));
  const caFile = knownValue(scope, ours?.caFileInput);
  return { endpoint, caFile: typeof caFile === "string" ? caFile : undefined, openstack };
}
