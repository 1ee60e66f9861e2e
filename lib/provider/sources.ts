import { listSource, singleSource } from "./data-source";

/** `data.fairlead_project` */
export const projectSource = singleSource("projects", "A project that exists, found by id or name.", {
  by: ["id", "name"],
});

/** `data.fairlead_instance` */
export const instanceSource = singleSource(
  "instances",
  "An instance that exists, found by id, or by name and project.",
  { by: ["id", "projectId", "name"] },
);

/** `data.fairlead_port_forward` */
export const portForwardSource = singleSource(
  "portForwards",
  "A port forward that exists, found by id, by external port, or by a port of an instance.",
  { by: ["id", "projectId", "externalIp", "externalPort", "protocol", "instanceId", "internalPort"] },
);

/** `data.fairlead_instances` */
export const instancesSource = listSource("instances", "The instances that exist, all or some of them.", {
  filter: ["projectId", "name", "labels"],
});

/** `data.fairlead_port_forwards` */
export const portForwardsSource = listSource(
  "portForwards",
  "The port forwards that exist, all or some of them.",
  { filter: ["projectId", "instanceId", "protocol", "labels"] },
);
