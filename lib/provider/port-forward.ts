import { type Problem, proxyProblem, rangeProblem } from "../contract";
import type { ValidateCall } from "../tfplugin";
import { changesWith, computed, configured, configuredSet, hidden, replaces, stable } from "./fact";
import { attributeName } from "./name";
import { warnOfBlock } from "./plan/block";
import { claimPorts } from "./plan/claims";
import { warnOfExpiry } from "./plan/expiry";
import { findHolder } from "./plan/holder";
import { platformResource } from "./resource";

/** `fairlead_port_forward` */
export const portForward = platformResource(
  "portForwards",
  "A port forward: from an external address and port to a port of an instance. It keeps its id and its external port through every change in place.",
  {
    id: stable,
    projectId: replaces,
    instanceId: configured,
    protocol: configured,
    internalPort: configured,
    portCount: configured,
    externalPort: configured,
    externalIp: configured,
    internalIp: changesWith("instanceId"),
    description: configured,
    labels: configured,
    allowedCidrs: configuredSet,
    proxyProtocol: configured,
    expiresAt: configured,
    enabled: configured,
    deletionProtection: configured,
    socketAddress: changesWith("externalIp", "externalPort"),
    status: computed,
    statusReason: computed,
    statistics: hidden,
    ownershipId: stable,
    revision: hidden,
    createdAt: stable,
  },
  { validate: checkShape, plan: [claimPorts, findHolder, warnOfExpiry, warnOfBlock] },
);

type Values = Readonly<Record<string, unknown>>;

/** What is known at plan has to fit together; of what is not, the platform sees to it. */
function checkShape({ config, diagnostics }: ValidateCall<never, never>): void {
  const { protocol, proxy_protocol } = config as Values;
  const found: [title: string, problem: Problem | undefined][] = [
    ["Range too long", rangeProblemOf(config as Values)],
    [
      "No PROXY protocol for udp",
      typeof protocol === "string"
        ? proxyProblem({ protocol, proxyProtocol: proxy_protocol === true }, attributeName)
        : undefined,
    ],
  ];
  for (const [title, problem] of found)
    if (problem) diagnostics.error(title, problem.message, attributeName(String(problem.path[0])));
}

function rangeProblemOf({ internal_port, external_port, port_count }: Values): Problem | undefined {
  if (typeof internal_port !== "number" || typeof port_count !== "number") return undefined;
  const externalPort = typeof external_port === "number" ? external_port : undefined;
  return rangeProblem({ internalPort: internal_port, externalPort, portCount: port_count }, attributeName);
}
