import { changesWith, computed, configured, configuredSet, hidden, replaces, stable } from "./fact";
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
    externalPort: configured,
    externalIp: stable,
    internalIp: changesWith("instanceId"),
    description: configured,
    labels: configured,
    allowedCidrs: configuredSet,
    socketAddress: changesWith("externalIp", "externalPort"),
    status: computed,
    revision: hidden,
    createdAt: stable,
  },
);
