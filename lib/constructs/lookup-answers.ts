import type { Image, Instance, PortForward, Project } from "../contract";
import type { LookupKind } from "./lookup-kind";

/**
 * What lookups are answered from instead of a platform, for tests: all that there is of each list. Of each thing only
 * what is looked for by, and what is read of it, has to be there.
 */
export interface LookupAnswers {
  /** Projects, by `name`. */
  readonly projects?: readonly Partial<Project>[];
  /** Instances, by `name` and `projectId`. */
  readonly instances?: readonly Partial<Instance>[];
  /** Forwards, by `externalIp`, `externalPort`, `portCount` and `protocol`. */
  readonly portForwards?: readonly Partial<PortForward>[];
  /** Images, by `name`. */
  readonly images?: readonly Partial<Image>[];
}

// Of the process, so that every copy of the package answers from it.
const place = Symbol.for("fairlead/lookup-answers");
const holder = globalThis as { [place]?: LookupAnswers | undefined };

/**
 * From now on lookups are answered from what is given, whatever a platform or a context file says; nothing is asked
 * and nothing is kept. With `fairlead/testing/jest` that ends with the test.
 *
 * @param answers undefined: as usual again
 * @example
 * answerLookups({ projects: [{ id: "prj-1", name: "ai-lab" }] });
 */
export function answerLookups(answers: LookupAnswers | undefined): void {
  holder[place] = answers;
}

/** What lookups are answered from; undefined where nothing was said. */
export const givenAnswers = (): LookupAnswers | undefined => holder[place];

/** The list that was given for tests; undefined where none was. */
export function givenList(
  list: LookupKind["list"],
): readonly Readonly<Record<string, unknown>>[] | undefined {
  const answers = givenAnswers();
  return answers && ((answers[list] ?? []) as readonly Readonly<Record<string, unknown>>[]);
}
