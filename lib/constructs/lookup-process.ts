import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { IConstruct } from "constructs";
import { ConstructError, withPath } from "./construct-error";
import type { Answer } from "./context-file";
import type { ListReply, OverviewReply, Question } from "./lookup-child";
import type { AskedPlatform } from "./lookup-endpoint";
import { packageFile } from "./package-file";

const lists = new Map<string, readonly Answer[]>();

/**
 * The list in which something is looked for: asked for once in a process, and again only when what is looked for is not in it.
 * @throws ConstructError when there is no answer.
 */
export function listFor(
  scope: IConstruct,
  question: Question,
  suffices: (items: readonly Answer[]) => boolean,
): readonly Answer[] {
  const key = JSON.stringify(question);
  const known = lists.get(key);
  if (known && suffices(known)) return known;
  const reply = withPath(scope, () => ask(question));
  if ("error" in reply) {
    throw new ConstructError(scope, {
      problem: `The lookup failed: ${reply.error.message} (${reply.error.code})`,
      fix: reply.error.hint || "Correct that and synthesize again.",
    });
  }
  lists.set(key, reply.items);
  return reply.items;
}

/** What there is on a platform, or why it is not known; asked each time. @throws Error when there is no answer */
export const overviewOf = (platform: AskedPlatform, timeoutMs: number): OverviewReply =>
  ask({ ...platform, list: "overview" }, timeoutMs);

function ask(question: Question & { readonly list: "overview" }, timeoutMs: number): OverviewReply;
function ask(question: Question): ListReply;
/**
 * Asks the platform and waits. A process of its own costs 150 ms once per list; unlike a worker thread it
 * works the same under ts-node, tsx, jest and fake timers, and leaves nothing behind.
 * @throws Error when there is no answer.
 */
function ask(question: Question, timeout = 120_000): ListReply | OverviewReply {
  const program = packageFile("dist/constructs/lookup-child.js");
  if (!existsSync(program)) {
    throw new Error(
      `A file of fairlead is missing (${program}). If your app is bundled, mark fairlead external ` +
        "(esbuild: --external:fairlead), so that it stays in node_modules.",
    );
  }
  const output = execFileSync(process.execPath, [program], {
    input: JSON.stringify(question),
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    timeout,
    killSignal: "SIGKILL",
  });
  return JSON.parse(output) as ListReply | OverviewReply;
}
