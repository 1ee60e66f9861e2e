import { isDeepStrictEqual } from "node:util";
import type { Answer } from "../../constructs/context-file";
import type { Asked } from "./ask-again";

/** An entry whose answer is another one now. */
export interface Change {
  readonly key: string;
  /** One line for each difference. */
  readonly differences: readonly string[];
}

/** What has changed of the entries that were asked for again. */
export function changesOf(answers: Readonly<Record<string, Answer>>, asked: readonly Asked[]): Change[] {
  return asked
    .map(({ key, ...result }) => ({
      key,
      differences: "finding" in result ? [result.finding.problem] : differences(answers[key]!, result.answer),
    }))
    .filter((change) => change.differences.length > 0);
}

function differences(before: Answer, now: Answer): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((fact) => !isDeepStrictEqual(before[fact], now[fact]))
    .map((fact) => `${fact}: ${JSON.stringify(before[fact])} -> ${JSON.stringify(now[fact])}`);
}

/** "project ai-lab at http://..." and, below it, what is different. */
export const describeChange = ({ key, differences }: Change): string =>
  [key, ...differences.map((difference) => `  ${difference}`)].join("\n");
