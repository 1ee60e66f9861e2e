import { computed, configured, configuredSet, hidden, replaces, stable, writeOnly } from "./fact";
import { findCatalogueNames } from "./plan/catalogue";
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
    userData: writeOnly,
    sshKeys: configuredSet,
    deletionProtection: configured,
    privateIp: stable,
    status: computed,
    ownershipId: stable,
    revision: hidden,
    createdAt: stable,
  },
  { plan: [findCatalogueNames] },
);
