import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { maxPortCount, spanText } from "../contract/port-range";
import { ConstructError, type Finding } from "./construct-error";
import { loadContract } from "./lazy-contract";
import type { Port } from "./port";

/**
 * Refuses a range that no forward can have, in the words of who wrote it: of its first and last port, not of how many
 * lie between. What only Terraform knows is left to it.
 * @throws ConstructError
 */
export function checkRange(forward: IConstruct, port: Port, externalPort: number | undefined): void {
  const { number: first, count } = port;
  // One from an older copy of this package knows no count.
  if (count === undefined || count === 1 || Token.isUnresolved(first) || Token.isUnresolved(count)) return;
  const finding =
    wrongEnd(
      `The range ${port}`,
      first,
      count,
      `Correct the range: Port.${port.protocol}Range(first, last)`,
    ) ??
    wrongLength(port) ??
    (externalPort === undefined || Token.isUnresolved(externalPort)
      ? undefined
      : wrongEnd(
          `The external range ${spanText({ first: externalPort, count })}/${port.protocol}`,
          externalPort,
          count,
          "Choose another `externalPort`, or leave it out: then the platform assigns the ports",
        ));
  if (finding) throw new ConstructError(forward, finding);
}

function wrongEnd(what: string, first: number, count: number, fix: string): Finding | undefined {
  const { Port: PortNumber } = loadContract();
  for (const [verb, end] of [
    ["begins", first],
    ["ends", first + count - 1],
  ] as const) {
    const { error } = PortNumber.safeParse(end);
    if (error) {
      return { problem: `${what} ${verb} at ${end}, but ${error.issues[0]!.message}.`, fix: `${fix}.` };
    }
  }
  return undefined;
}

function wrongLength(port: Port): Finding | undefined {
  const { number: first, count, protocol } = port;
  const last = first + count - 1;
  if (last < first) {
    return {
      problem: `The range ${port} ends before it begins, but its last port is not below its first.`,
      fix: `Swap them: Port.${protocol}Range(${last}, ${first}).`,
    };
  }
  const { error } = loadContract().PortCount.safeParse(count);
  if (!error) return undefined;
  return {
    problem: `The range ${port} has ${count} ports, but ${error.issues[0]!.message}.`,
    fix: `Forward it in parts, the first of them Port.${protocol}Range(${first}, ${first + maxPortCount - 1}).`,
  };
}
