import { computed, configured, hidden, replaces, stable } from "./fact";
import { platformResource } from "./resource";

/** `fairlead_instance` */
export const instance = platformResource(
  "instances",
  "A virtual machine of a project, with a private address.",
  {
    id: stable,
    projectId: replaces,
    name: configured,
    description: configured,
    labels: configured,
    image: replaces,
    flavor: configured,
    privateIp: stable,
    status: computed,
    revision: hidden,
    createdAt: stable,
  },
);
