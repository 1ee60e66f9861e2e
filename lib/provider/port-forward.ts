import { rangeProblem } from "../contract";
import type { ValidateCall } from "../tfplugin";
import { changesWith, computed, configured, configuredSet, hidden, replaces, stable } from "./fact";
import { attributeName } from "./name";
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
    expiresAt: configured,
    enabled: configured,
    deletionProtection: configured,
    socketAddress: changesWith("externalIp", "externalPort"),
    status: computed,
    statistics: hidden,
    ownershipId: stable,
    revision: hidden,
    createdAt: stable,
  },
  { validate: checkRange, plan: [claimPorts, findHolder, warnOfExpiry] },
);

type Values = Readonly<Record<string, unknown>>;

function checkRange({ config, diagnostics }: ValidateCall<never, never>): void {
  const { internal_port, external_port, port_count } = config as Values;
  if (typeof internal_port !== "number" || typeof port_count !== "number") return;
  const externalPort = typeof external_port === "number" ? external_port : undefined;
  const range = { internalPort: internal_port, externalPort, portCount: port_count };
  const problem = rangeProblem(range, attributeName);
  if (!problem) return;
  diagnostics.error("Range too long", problem.message, attributeName(String(problem.path[0])));
}
