import { TerraformProvider, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { isOpenStack, resolveEndpoint, resolveSettings, SettingsError } from "../connect";
import { ConstructError, type Finding, withPath } from "./construct-error";
import { type Answer, ContextFile } from "./context-file";
import { loadContract } from "./lazy-contract";
import type { Question } from "./lookup-child";
import { listFor } from "./lookup-process";
import { FairleadProvider } from "./provider";

/** What is looked up: one of a list. */
export interface Lookup {
  readonly list: Question["list"];
  /** The project that it is looked for in. */
  readonly project?: { readonly id: string; readonly name: string } | undefined;
  /** How people name it: "ai-lab". */
  readonly name: string;
  /** Which of a list are meant; one has to remain. */
  isMeant(item: Answer): boolean;
  /** How one of a list is named, when another is meant. @default its name */
  nameOf?(item: Answer): string;
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
  const { project } = lookup;
  const place = project ? `of project ${project.name} at ${endpoint}` : `at ${endpoint}`;
  const key = `${noun} ${lookup.name} ${place}`;
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
  const items = listFor(scope, { endpoint, list: lookup.list, projectId: project?.id }, lookup.isMeant);
  const [found, ...others] = items.filter(lookup.isMeant);
  if (!found || others.length > 0) {
    throw new ConstructError(
      scope,
      found ? ambiguous(key, [found, ...others]) : none(lookup, noun, place, items),
    );
  }
  const answer = Object.fromEntries(lookup.facts.map((fact) => [fact, found[fact]]));
  context.set(key, answer);
  return answer;
}

function none(lookup: Lookup, noun: string, place: string, items: readonly Answer[]): Finding {
  const nameOf = lookup.nameOf ?? ((item: Answer) => item.name as string);
  const names = [...new Set(items.map(nameOf))].sort();
  const shown = names.length > 10 ? [...names.slice(0, 10), "..."] : names;
  return {
    problem: `There is no ${noun} "${lookup.name}" ${place}; it has ${shown.join(", ") || "none"}.`,
    fix: "Correct the name, or make it first.",
  };
}

/** Names of instances may repeat. */
function ambiguous(key: string, found: readonly Answer[]): Finding {
  const ids = found.map(({ id, createdAt }) => `${id} (made ${createdAt})`);
  return {
    problem: `"${key}" may be any of ${found.length}: ${ids.join(", ")}.`,
    fix: "Name the one that you mean by its id: fromInstanceId.",
  };
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
