import { type Answer, ContextFile } from "../../constructs/context-file";
import { closestFirst } from "../../contract";
import { formatTable } from "../../table";
import { UsageError } from "../failure";
import { askAgain } from "./ask-again";
import { keysAskedFor } from "./asked-keys";
import { type Change, changesOf, describeChange } from "./change";

/** The flags of `fairlead context`; one of them at a time. */
export interface ContextOptions {
  /** A key, or true for all. */
  readonly refresh?: string | true;
  readonly clear?: string;
  readonly check?: boolean;
  readonly prune?: boolean;
}

const changesFound = 3;

/** Lists what lookups have found and keeps it up to date: the file that synthesis reads instead of asking. */
export async function context(options: ContextOptions): Promise<void> {
  const file = ContextFile.near(process.cwd());
  const answers = readAnswers(file);
  if (options.clear !== undefined) clear(file, answers, options.clear);
  else if (options.refresh !== undefined) await refresh(file, answers, options.refresh);
  else if (options.check) await check(file, answers);
  else if (options.prune) await prune(file);
  else list(file, answers);
}

type Answers = Readonly<Record<string, Answer>>;

function readAnswers(file: ContextFile): Answers {
  try {
    return file.answers();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const say = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join("\n")}\n`);

function list(file: ContextFile, answers: Answers): void {
  const rows = Object.entries(answers).map(([key, answer]) => [key, factsText(answer)]);
  say(
    rows.length === 0
      ? `${file.path}: nothing has been looked up yet.`
      : formatTable(["KEY", "ANSWER"], rows, { width: process.stdout.columns, elastic: "ANSWER" }).trimEnd(),
  );
}

const factsText = (answer: Answer): string =>
  Object.entries(answer)
    .map(([fact, value]) => `${fact} ${Array.isArray(value) ? value.join(", ") : value}`)
    .join("; ");

function clear(file: ContextFile, answers: Answers, key: string): void {
  const { [known(file, answers, key)]: _cleared, ...rest } = answers;
  file.write(rest);
  say(`Cleared: ${key}. The next synthesis that needs it asks the platform.`);
}

/** The key itself. @throws UsageError that offers those that there are */
function known(file: ContextFile, answers: Answers, key: string): string {
  if (Object.hasOwn(answers, key)) return key;
  const keys = closestFirst(key, Object.keys(answers)).slice(0, 5);
  throw new UsageError(
    `There is no entry ${JSON.stringify(key)} in ${file.path}; ${keys.length === 0 ? "it has none." : `it has, the closest first:\n${keys.map((each) => `  ${each}`).join("\n")}`}`,
  );
}

async function refresh(file: ContextFile, answers: Answers, wanted: string | true): Promise<void> {
  const keys = wanted === true ? Object.keys(answers) : [known(file, answers, wanted)];
  const found = await askAgain(keys);
  const lost = found.filter((each) => "finding" in each);
  if (lost.length > 0) {
    const reasons = lost.map(({ key, finding }) => `  ${key}\n    ${finding.problem}`);
    throw new UsageError(
      `Nothing is refreshed, since ${lost.length} of ${keys.length} cannot be answered:\n${reasons.join("\n")}\n` +
        "Correct the code that asks for it, then: fairlead context --prune.",
    );
  }
  const changes = changesOf(answers, found);
  const fresh = Object.fromEntries(
    found.flatMap((each) => ("answer" in each ? [[each.key, each.answer]] : [])),
  );
  if (changes.length > 0) file.write({ ...answers, ...fresh });
  say(
    ...changes.map(describeChange),
    `Refreshed: ${keys.length} of ${file.path}, ${changes.length} changed.`,
  );
}

async function check(file: ContextFile, answers: Answers): Promise<void> {
  const changes: Change[] = changesOf(answers, await askAgain(Object.keys(answers)));
  if (changes.length === 0)
    return say(`${file.path}: all ${Object.keys(answers).length} as on the platform.`);
  say(
    ...changes.map(describeChange),
    `${changes.length} of ${Object.keys(answers).length} changed on the platform. To take it over: fairlead context --refresh, then look at the plan.`,
  );
  process.exitCode = changesFound;
}

async function prune(file: ContextFile): Promise<void> {
  const asked = await keysAskedFor(file.path);
  // Behind the run, which may have added some.
  const answers = readAnswers(file);
  const unused = Object.keys(answers).filter((key) => !asked.has(key));
  if (unused.length > 0) {
    file.write(Object.fromEntries(Object.entries(answers).filter(([key]) => asked.has(key))));
  }
  say(
    ...unused.map((key) => `Removed: ${key}`),
    `${unused.length} of ${Object.keys(answers).length} entries were asked for by no construct.`,
  );
}
