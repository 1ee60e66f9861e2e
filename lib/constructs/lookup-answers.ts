import type { Image, Instance, PortForward, Project } from "../contract";
import type { LookupKind } from "./lookup-kind";

/**
 * What lookups are answered from instead of a platform, for tests: all that there is of each list. Of each thing only
 * what is looked for by, and what is read of it, has to be there.
 */
export interface LookupAnswers {
  readonly projects?: readonly Partial<Project>[];
  readonly instances?: readonly Partial<Instance>[];
  readonly portForwards?: readonly Partial<PortForward>[];
  readonly images?: readonly Partial<Image>[];
}

// Of the process, so that every copy of the package answers from it.
const place = Symbol.for("fairlead/lookup-answers");
const holder = globalThis as { [place]?: LookupAnswers | undefined };

/**
 * From now on lookups are answered from what is given, whatever a platform or a context file says; nothing is asked
 * and nothing is kept.
 * @param answers undefined: as usual again
 */
export function answerLookups(answers: LookupAnswers | undefined): void {
  holder[place] = answers;
}

/** The list that was given for tests; undefined where none was. */
export function givenList(
  list: LookupKind["list"],
): readonly Readonly<Record<string, unknown>>[] | undefined {
  const answers = holder[place];
  return answers && ((answers[list] ?? []) as readonly Readonly<Record<string, unknown>>[]);
}
