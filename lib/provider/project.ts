import { computed, configured, hidden, stable } from "./fact";
import { platformResource } from "./resource";

/** `fairlead_project` */
export const project = platformResource("projects", "A project: the owner of instances and port forwards.", {
  id: stable,
  name: configured,
  description: configured,
  labels: configured,
  instanceQuota: configured,
  portForwardQuota: configured,
  externalIps: computed,
  privateCidr: stable,
  ownershipId: stable,
  revision: hidden,
  createdAt: stable,
});
