import { type TerraformProvider, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { isOpenStack, resolveSettings, SettingsError } from "../connect";
import type { PortForward } from "../contract";
import { forwardKey } from "../contract/port-range";
import { ConstructError, type Finding, withPath } from "./construct-error";
import { type Answer, ContextFile } from "./context-file";
import { givenList } from "./lookup-answers";
import { endpointOf } from "./lookup-endpoint";
import { type LookupKindName, lookupKinds } from "./lookup-kind";
import { listFor } from "./lookup-process";
import { answerFrom, keyOf } from "./lookup-question";
import type { IKnownProject } from "./project-base";
import { providersIn } from "./provider";
import { isRepeated } from "./repetition";
import { inCi, mustNotAsk } from "./surroundings";

/** What is looked up: one of a list. */
export interface Lookup {
  readonly kind: LookupKindName;
  /** How people name it, by the names of the props: all that its key is made of. */
  readonly by: { readonly name: string } | Pick<PortForward, "externalIp" | "externalPort" | "protocol">;
  /** The project that it is looked for in. */
  readonly project?: IKnownProject | undefined;
  /** The provider whose platform is asked; without one, the stack's default provider. */
  readonly provider: TerraformProvider | undefined;
}

/**
 * Looks something up on the platform, at the user's own line. What was asked before is answered from the
 * context file, without a request.
 * @throws ConstructError when there is no answer.
 */
export function lookUp(scope: IConstruct, lookup: Lookup): Answer {
  checkIsKnown(scope, lookup);
  const kind = lookupKinds[lookup.kind];
  const { list } = kind;
  const name = "name" in lookup.by ? lookup.by.name : forwardKey({ ...lookup.by, portCount: 1 });
  const project = lookup.project && { id: lookup.project.projectId, name: lookup.project.projectName };
  const asked = { kind: lookup.kind, name, project: project?.name };
  const given = givenList(list);
  if (given) {
    const items = given.filter((item) => project === undefined || item.projectId === project.id);
    return settle(scope, answerFrom(items, { ...asked, endpoint: "the test's platform" }));
  }
  const { endpoint, caFile, openstack } = endpointOf(
    scope,
    lookup.provider ?? providersIn(TerraformStack.of(scope)).find(({ alias }) => alias === undefined),
  );
  const question = { ...asked, endpoint };
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
  const items = listFor(
    scope,
    { endpoint, caFile, openstack, list, projectId: project?.id },
    (all) => kind.meant(all, name).length > 0,
  );
  const answer = settle(scope, answerFrom(items, question));
  context.set(key, answer);
  return answer;
}

/**
 * A token in a key would be taken for text that nothing has.
 * @throws ConstructError
 */
function checkIsKnown(scope: IConstruct, { by, project }: Lookup): void {
  for (const [prop, value] of Object.entries(by)) {
    if (value !== "" && !Token.isUnresolved(value)) continue;
    throw new ConstructError(scope, {
      problem: `\`${prop}\` is ${value === "" ? "empty" : "a token, so it is not known at synthesis"}.`,
      fix: "Write what it is: the platform is asked before Terraform runs.",
    });
  }
  if (!project) return;
  if (!isRepeated(project) && ![project.projectId, project.projectName].some(Token.isUnresolved)) return;
  throw new ConstructError(scope, {
    problem: `The project ${project.node.path} is known at apply only, so nothing of it can be looked up at synthesis.`,
    fix: "Look the project up as well: Project.fromLookup. What this app makes is at hand as a construct.",
  });
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
