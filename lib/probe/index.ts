/** A real connection through a forward, and which hop fails when there is none. Loads nothing but Node: the provider's executable carries it. */
export { type ProbeArguments, probeCommand } from "./command";
export { type Expectation, expectationProblem } from "./expectation";
