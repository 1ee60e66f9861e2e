import { rangeProblem } from "./port-range";
import type { Problem } from "./problem";

/** What of a forward has to fit together, whatever else there is on the platform. */
export type ForwardShape = Parameters<typeof rangeProblem>[0] & {
  /** tcp or udp. */
  readonly protocol: string;
  /** Whether PROXY headers are asked for. */
  readonly proxyProtocol?: boolean | undefined;
};

/**
 * What is wrong with a forward by itself: a range that ends behind the last port, or PROXY headers of udp.
 * @param nameOf how the user knows a field
 */
export function forwardProblem(
  forward: ForwardShape,
  nameOf: (field: string) => string = (field) => field,
): Problem | undefined {
  return rangeProblem(forward, nameOf) ?? proxyProblem(forward, nameOf);
}

/** Only a connection has a beginning where a header can stand. */
export function proxyProblem(
  { protocol, proxyProtocol }: Pick<ForwardShape, "protocol" | "proxyProtocol">,
  nameOf: (field: string) => string,
): Problem | undefined {
  if (protocol === "tcp" || !proxyProtocol) return undefined;
  return {
    path: ["proxyProtocol"],
    message: `${nameOf("proxyProtocol")} is true, but a forward of ${protocol} has no connections that could begin with a PROXY header. Leave it out, or forward tcp.`,
  };
}
