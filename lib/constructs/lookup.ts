import { type TerraformProvider, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { isOpenStack, resolveSettings, SettingsError } from "../connect";
import { ConstructError, type Finding, withPath } from "./construct-error";
import { type Answer, ContextFile } from "./context-file";
import { givenList } from "./lookup-answers";
import { endpointOf } from "./lookup-endpoint";
import { type LookupKindName, lookupKinds } from "./lookup-kind";
import { listFor } from "./lookup-process";
import { answerFrom, keyOf } from "./lookup-question";
import { providersIn } from "./provider";
import { inCi, mustNotAsk } from "./surroundings";

/** What is looked up: one of a list. */
export interface Lookup {
  readonly kind: LookupKindName;
  /** How people name it: "ai-lab". */
  readonly name: string;
  /** The project that it is looked for in. */
  readonly project?: { readonly id: string; readonly name: string } | undefined;
  /** The provider whose platform is asked; without one, the stack's default provider. */
  readonly provider: TerraformProvider | undefined;
}

/**
 * Looks something up on the platform, at the user's own line. What was asked before is answered from the
 * context file, without a request.
 * @throws ConstructError when there is no answer.
 */
export function lookUp(scope: IConstruct, lookup: Lookup): Answer {
  const { list } = lookupKinds[lookup.kind];
  const { project } = lookup;
  const given = givenList(list);
  if (given) {
    const items = given.filter((item) => project === undefined || item.projectId === project.id);
    return settle(
      scope,
      answerFrom(items, { ...lookup, project: project?.name, endpoint: "the test's platform" }),
    );
  }
  const { endpoint, caFile, openstack } = endpointOf(
    scope,
    lookup.provider ?? providersIn(TerraformStack.of(scope)).find(({ alias }) => alias === undefined),
  );
  const question = { kind: lookup.kind, name: lookup.name, project: project?.name, endpoint };
  const key = keyOf(question);
  const context = ContextFile.near(process.cwd());
  const known = withPath(scope, () => context.ask(key));
  if (known) return known;
  const reason = reasonNotToAsk(endpoint);
  if (reason) {
    throw new ConstructError(scope, {
      problem: `"${key}" is not in ${context.path}. ${reason.problem}`,
      fix: reason.fix,
    });
  }
  const kind = lookupKinds[lookup.kind];
  const items = listFor(
    scope,
    { endpoint, caFile, openstack, list, projectId: project?.id },
    (all) => kind.meant(all, lookup.name).length > 0,
  );
  const answer = settle(scope, answerFrom(items, question));
  context.set(key, answer);
  return answer;
}

function settle(scope: IConstruct, result: ReturnType<typeof answerFrom>): Answer {
  if ("finding" in result) throw new ConstructError(scope, result.finding);
  return result.answer;
}

/** In CI the file is what was reviewed, and a unit test never asks a real platform by accident. */
function reasonNotToAsk(endpoint: string): Finding | undefined {
  const access = isOpenStack(endpoint) ? "OS_CLOUD or OS_AUTH_URL" : "FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE";
  const fill = `Synthesize once where ${access} is set, and commit the file.`;
  if (inCi()) {
    return {
      problem: "CI is set, so the platform is not asked.",
      fix: `Synthesize once without CI, with ${access} set, and commit the file.`,
    };
  }
  if (mustNotAsk()) {
    return {
      problem: "Unit tests do not ask the platform.",
      fix: `${fill} Or give the answer in the test, answerLookups() of fairlead/testing; with FAIRLEAD_ASK_PLATFORM=1 the platform is asked.`,
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
