import { dirname } from "node:path";
import type { IConstruct } from "constructs";
import type { Finding } from "./finding";

export type { Finding } from "./finding";

/**
 * What a construct refuses: its path, and for each finding the value, what is allowed and the fix. What is refused
 * before there is a construct, `Peer.ipv4("")` for example, has the name of the call instead of a path.
 */
export class ConstructError extends Error {
  /** Always "ConstructError". */
  override readonly name = "ConstructError";

  constructor(origin: IConstruct | string, ...findings: readonly Finding[]) {
    super(
      `[${typeof origin === "string" ? origin : origin.node.path}] ${findings.map(describe).join("\n  ")}`,
    );
    this.stack = withoutOurFrames(this.stack ?? "");
  }
}

/** A finding in two lines, to be read below a construct's path. */
export function describe({ problem, fix }: Finding): string {
  return `${problem}\n    Fix: ${fix}`;
}

/** What goes wrong on behalf of a construct bears its path. */
export function withPath<T>(construct: IConstruct, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConstructError(construct, {
      problem: error.message,
      fix: "Correct that and synthesize again.",
    });
  }
}

/** The user wants to see their own line first, not this package's way to find the mistake. */
function withoutOurFrames(stack: string): string {
  const folder = dirname(__dirname);
  return stack
    .split("\n")
    .filter((line) => !/^\s+at /.test(line) || !(line.includes(folder) || line.includes("node:internal")))
    .join("\n");
}
