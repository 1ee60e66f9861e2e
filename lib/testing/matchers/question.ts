import type { IInstance, Peer, Port } from "../../constructs";
import { cidrOf } from "../../constructs/peer";
import { CidrText, type PortSpan, problemsOf, spanText } from "../../contract";

/** Ports that a test asks for; of both protocols where it says none. */
export interface AskedPorts {
  readonly protocol: string | undefined;
  readonly span: PortSpan;
}

/**
 * The ports that a test names.
 * @param port a number stands for tcp and udp
 * @throws TypeError
 */
export function askedPorts(port: Port | number): AskedPorts {
  const span =
    typeof port === "number" ? { first: port, count: 1 } : { first: port?.number, count: port?.count };
  if (Number.isInteger(span.first) && span.first >= 1 && span.first + span.count - 1 <= 65535) {
    return { protocol: typeof port === "number" ? undefined : port.protocol, span };
  }
  throw new TypeError(
    `port is ${JSON.stringify(port)}, but it has to be a number from 1 to 65535, or a Port such as Port.SSH or Port.tcpRange(6000, 6010).`,
  );
}

/** "22", "22/tcp" or "6000-6010/udp". */
export const portsText = ({ protocol, span }: AskedPorts): string =>
  protocol === undefined ? spanText(span) : `${spanText(span)}/${protocol}`;

/**
 * The networks that a test names.
 * @throws TypeError
 */
export function askedSources(from: string | Peer | readonly (string | Peer)[]): string[] {
  const given: readonly (string | Peer)[] = Array.isArray(from) ? from : [from as string | Peer];
  const sources = given.map(cidrOf);
  if (sources.length === 0) throw new TypeError('No source is named: write "198.51.100.0/24", or a list.');
  for (const source of sources) {
    const [problem] = problemsOf(CidrText, source);
    if (problem) throw new TypeError(`A source is wrong: ${problem.message}`);
  }
  return sources;
}

/** @throws TypeError when it is no instance */
export function askedInstance(instance: IInstance): IInstance {
  // Not its id itself: of several instances there is no one.
  if (typeof instance === "object" && instance && "instanceId" in instance && instance.node) return instance;
  throw new TypeError(
    "The instance is none: pass an Instance, such as `stack.web`, or what Instance.fromInstanceId() or fromLookup() gives.",
  );
}
