import type { PortForward } from "../../contract";

/** The ports of a forward as code: `Port.SSH`, `Port.tcpRange(6000, 6010)`. */
export function portCode({ protocol, internalPort, portCount }: PortForward): string {
  if (portCount > 1) return `Port.${protocol}Range(${internalPort}, ${internalPort + portCount - 1})`;
  return wellKnown().get(`${internalPort}/${protocol}`) ?? `Port.${protocol}(${internalPort})`;
}

let known: Map<string, string> | undefined;

/** Constants of `Port` by what they are; loaded when code is made, since the construct library loads cdktf. */
function wellKnown(): Map<string, string> {
  if (known) return known;
  const { Port } = require("../../constructs/port") as typeof import("../../constructs/port");
  const constants = Object.entries(Port).filter(([, value]) => value instanceof Port);
  known = new Map(constants.map(([name, value]) => [String(value), `Port.${name}`]));
  return known;
}
