/** A Platform over an API that has only the plain things: what it lacks of keys, revisions, filters and rules is added. */
export type {
  Plain,
  PlainApi,
  PlainCollection,
  PlainDerived,
  PlainForward,
  PlainInstance,
  PlainProject,
  Wanted,
} from "./api";
export { plainPlatform } from "./platform";
