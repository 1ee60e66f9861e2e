import { TerraformProvider, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { isOpenStack, resolveEndpoint, resolveSettings, SettingsError } from "../connect";
import { ConstructError, type Finding, withPath } from "./construct-error";
import { type Answer, ContextFile } from "./context-file";
import { loadContract } from "./lazy-contract";
import type { Question } from "./lookup-child";
import { listFor } from "./lookup-process";
import { FairleadProvider } from "./provider";

/** What is looked up: the one of a list that has a name. */
export interface Lookup {
  readonly list: Question["list"];
  readonly name: string;
  /** What is kept of the answer: facts that do not change, in this order; never a status or a secret. */
  readonly facts: readonly string[];
  /** The provider whose platform is asked; without one, the stack's default provider. */
  readonly provider: TerraformProvider | undefined;
}

/**
 * Looks something up on the platform, at the user's own line. What was asked before is answered from the
 * context file, without a request.
 * @throws ConstructError when there is no answer.
 */
export function lookUp(scope: IConstruct, lookup: Lookup): Answer {
  const { noun } = loadContract().collections[lookup.list];
  const endpoint = findEndpoint(scope, lookup.provider);
  const key = `${noun} ${lookup.name} at ${endpoint}`;
  const context = ContextFile.near(process.cwd());
  const known = withPath(scope, () => context.get(key));
  if (known) return known;
  const reason = reasonNotToAsk(endpoint);
  if (reason) {
    throw new ConstructError(scope, {
      problem: `"${key}" is not in ${context.path}. ${reason.problem}`,
      fix: reason.fix,
    });
  }
  const items = listFor(scope, { endpoint, list: lookup.list }, lookup.name);
  const found = items.find(({ name }) => name === lookup.name);
  if (!found) {
    const names = items.map(({ name }) => name as string).sort();
    const shown = names.length > 10 ? [...names.slice(0, 10), "..."] : names;
    throw new ConstructError(scope, {
      problem: `There is no ${noun} "${lookup.name}" at ${endpoint}; it has ${shown.join(", ") || "none"}.`,
      fix: "Correct the name, or make it first.",
    });
  }
  const answer = Object.fromEntries(lookup.facts.map((fact) => [fact, found[fact]]));
  context.set(key, answer);
  return answer;
}

/** The endpoint as it is declared: the provider's, or that of the environment. */
function findEndpoint(scope: IConstruct, chosen: TerraformProvider | undefined): string {
  const provider = chosen ?? defaultProvider(TerraformStack.of(scope));
  const ours = FairleadProvider.isFairleadProvider(provider) ? provider : undefined;
  const given = ours?.endpoint;
  if (given !== undefined && Token.isUnresolved(given)) {
    throw new ConstructError(scope, {
      problem: `The endpoint of ${provider?.node.path} is a token, so it is not known at synthesis.`,
      fix: "Write the endpoint as text, or leave it out and set FAIRLEAD_ENDPOINT.",
    });
  }
  const openstack = ours?.openstackInput;
  if (openstack && [openstack.cloud, openstack.region].some((value) => Token.isUnresolved(value))) {
    throw new ConstructError(scope, {
      problem: `The OpenStack cloud of ${provider?.node.path} is a token, so it is not known at synthesis.`,
      fix: "Write cloud and region as text, or leave them out and set OS_CLOUD and OS_REGION_NAME.",
    });
  }
  return withPath(scope, () => resolveEndpoint({ endpoint: given, openstack }).endpoint);
}

function defaultProvider(stack: TerraformStack): TerraformProvider | undefined {
  return stack.node
    .findAll()
    .filter(TerraformProvider.isTerraformProvider)
    .find((node) => FairleadProvider.isFairleadProvider(node) && node.alias === undefined);
}

/** In CI the file is what was reviewed, and a unit test never asks a real platform by accident. */
function reasonNotToAsk(endpoint: string): Finding | undefined {
  const access = isOpenStack(endpoint) ? "OS_CLOUD or OS_AUTH_URL" : "FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE";
  const fill = `Synthesize once where ${access} is set, and commit the file.`;
  if (!["", "0", "false", undefined].includes(process.env.CI)) {
    return {
      problem: "CI is set, so the platform is not asked.",
      fix: `Synthesize once without CI, with ${access} set, and commit the file.`,
    };
  }
  if (process.env.JEST_WORKER_ID !== undefined && process.env.FAIRLEAD_LOOKUPS !== "1") {
    return {
      problem: "Unit tests do not ask the platform.",
      fix: `${fill} Or set FAIRLEAD_LOOKUPS=1, and this test asks.`,
    };
  }
  try {
    resolveSettings({ endpoint });
    return undefined;
  } catch (error) {
    if (error instanceof SettingsError) return { problem: error.message, fix: fill };
    throw error;
  }
}
