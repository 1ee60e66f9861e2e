import { answerLookups, givenAnswers } from "../constructs/lookup-answers";
import { type FairleadMatchers, matchers } from "./matchers/matchers";
import { closePlatforms } from "./open-platforms";
import { snapshotSerializer } from "./snapshot-serializer";

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: every declaration of an interface has the same parameters.
    interface Matchers<R, T = {}> extends FairleadMatchers<R> {}
  }
}

/** What this file needs of jest, or of Vitest with `globals: true`. */
interface Runner {
  readonly expect?: {
    extend(matchers: object): void;
    addSnapshotSerializer(serializer: object): void;
  };
  beforeEach(hook: () => void): void;
  afterEach(hook: () => void): void;
  afterAll(hook: () => Promise<void>, timeoutMs: number): void;
}

const runner = globalThis as unknown as Runner;
if (!runner.expect) {
  throw new Error(
    "fairlead/testing/jest belongs into tests: a test runner has to have put its `expect` there. In jest import it in the test, or name it in `setupFilesAfterEnv`; in Vitest set `globals: true`, or use `expect.extend(matchers)` of fairlead/testing.",
  );
}
runner.expect.extend(matchers);
runner.expect.addSnapshotSerializer(snapshotSerializer);

// What a test answers lookups with ends with it; what was said before the tests began holds for each.
let before: ReturnType<typeof givenAnswers>;
runner.beforeEach(() => {
  before = givenAnswers();
});
runner.afterEach(() => answerLookups(before));
runner.afterAll(async () => {
  answerLookups(undefined);
  await closePlatforms();
}, 60_000);

export type { FairleadMatchers } from "./matchers/matchers";
