import { connect, isOpenStack, resolveEndpoint, resolveSettings } from "../../connect";
import type { Answer } from "../../constructs/context-file";
import type { Finding } from "../../constructs/finding";
import { type LookupKind, lookupKinds } from "../../constructs/lookup-kind";
import { lookupList } from "../../constructs/lookup-list";
import { answerFrom, type LookupQuestion, questionOf } from "../../constructs/lookup-question";
import type { Platform } from "../../contract";

/** An entry with what the platform answers now. */
export type Asked = { readonly key: string } & ({ readonly answer: Answer } | { readonly finding: Finding });

/** Asks the platforms of entries again: each list once. @throws PlatformError, SettingsError */
export async function askAgain(keys: readonly string[]): Promise<Asked[]> {
  const platforms = new Map<string, PlatformLists>();
  return Promise.all(
    keys.map(async (key): Promise<Asked> => {
      const question = questionOf(key);
      if (!question) return { key, finding: unknownKey };
      if (isElsewhere(question.endpoint)) return { key, finding: ofAnother(question.endpoint) };
      let lists = platforms.get(question.endpoint);
      if (!lists) {
        lists = new PlatformLists(question.endpoint);
        platforms.set(question.endpoint, lists);
      }
      return { key, ...(await lists.answer(question)) };
    }),
  );
}

const unknownKey: Finding = {
  problem: "This is no key of a lookup.",
  fix: "Clear the entry; the next synthesis makes it anew.",
};

/** Where the environment names an endpoint, its token is for that one, and not for whatever a file names. */
function isElsewhere(endpoint: string): boolean {
  return (
    Boolean(process.env.FAIRLEAD_ENDPOINT) &&
    !isOpenStack(endpoint) &&
    resolveEndpoint({}).endpoint !== endpoint
  );
}

const ofAnother = (endpoint: string): Finding => ({
  problem: `It is of another platform, where the token of FAIRLEAD_ENDPOINT is not sent: set FAIRLEAD_ENDPOINT=${endpoint}, and that platform's token.`,
  fix: "Ask again, for that platform's entries.",
});

class PlatformLists {
  private readonly platform: Platform;
  private readonly lists = new Map<string, Promise<readonly Answer[]>>();

  constructor(endpoint: string) {
    // An endpoint of the environment is read there again, so that messages name the variable.
    this.platform = connect(resolveSettings(endpoint === process.env.FAIRLEAD_ENDPOINT ? {} : { endpoint }));
  }

  async answer(question: LookupQuestion) {
    const { list } = lookupKinds[question.kind];
    if (question.project === undefined) return answerFrom(await this.list(list), question);
    const asked: LookupQuestion = { kind: "project", name: question.project, endpoint: question.endpoint };
    const project = answerFrom(await this.list("projects"), asked);
    if ("finding" in project) return project;
    return answerFrom(await this.list(list, project.answer.id as string), question);
  }

  private list(name: LookupKind["list"], projectId?: string): Promise<readonly Answer[]> {
    const key = `${name} ${projectId}`;
    let list = this.lists.get(key);
    if (!list) {
      list = lookupList(this.platform, name, projectId);
      this.lists.set(key, list);
    }
    return list;
  }
}
