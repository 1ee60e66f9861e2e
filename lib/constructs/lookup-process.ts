import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { IConstruct } from "constructs";
import { ConstructError, withPath } from "./construct-error";
import type { Answer } from "./context-file";
import type { Question, Reply } from "./lookup-child";

// Both lib/constructs and dist/constructs lie two levels below the package.
const program = join(__dirname, "../../dist/constructs/lookup-child.js");

const lists = new Map<string, readonly Answer[]>();

/**
 * The list in which something is looked for: asked for once in a process, and again only when it is not in it.
 * @throws ConstructError when there is no answer.
 */
export function listFor(
  scope: IConstruct,
  question: Question,
  isMeant: (item: Answer) => boolean,
): readonly Answer[] {
  const key = JSON.stringify(question);
  const known = lists.get(key);
  if (known?.some(isMeant)) return known;
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

/**
 * Asks the platform and waits. A process of its own costs 150 ms once per list; unlike a worker thread it
 * works the same under ts-node, tsx, jest and fake timers, and leaves nothing behind.
 * @throws Error when there is no answer.
 */
function ask(question: Question): Reply {
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
    timeout: 120_000,
  });
  return JSON.parse(output) as Reply;
}
