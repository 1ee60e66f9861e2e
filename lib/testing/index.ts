/** What users test with: matchers, a snapshot serializer, answers for lookups, a platform for tests; and, exported by fairlead/platform, the conformance suite. */
export { answerLookups, type LookupAnswers } from "../constructs/lookup-answers";
export type { Deployment, DeployOptions } from "./deployment";
export { type FairleadMatchers, matchers } from "./matchers/matchers";
export type { ExposureExpectation } from "./matchers/to-expose";
export type { ForwardExpectation } from "./matchers/to-have-forward";
export { startPlatform, type TestPlatform } from "./platform";
export type { TestFlavor, TestImage, TestPlatformOptions } from "./platform-options";
export { type SnapshotSerializer, snapshotSerializer } from "./snapshot-serializer";
export type { Changes } from "./terraform-messages";
