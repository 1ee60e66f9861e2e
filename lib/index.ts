/** The construct library: constructs and contract types, re-exported; no code of its own. */
export * from "./constructs";
export type * as contract from "./contract";
