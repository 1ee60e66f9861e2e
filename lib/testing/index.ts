/** What users test with: the conformance suite that every platform passes. */

export type { Need, RunningSubject, Subject } from "./conformance/subject";
export { conformance } from "./conformance/suite";
