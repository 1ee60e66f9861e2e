/** What people write: constructs and what they are made of; everything exported here is public. */
export { ConstructError } from "./construct-error";
export { EphemeralVariable, type EphemeralVariableProps } from "./ephemeral-variable";
export type { ExistingProjectOptions, ProjectLookupOptions } from "./existing-project";
export {
  type ForwardOptions,
  type IInstance,
  Instance,
  type InstanceOptions,
  type InstanceProps,
} from "./instance";
export { Port } from "./port";
export {
  type IPortForward,
  PortForward,
  type PortForwardOptions,
  type PortForwardProps,
} from "./port-forward";
export { Project, type ProjectProps } from "./project";
export type { AddInstanceOptions, IKnownProject, IProject } from "./project-base";
export { FairleadProvider, type FairleadProviderProps } from "./provider";
export type { OperationTimeouts } from "./timeouts";
export type { UserDataOptions } from "./user-data";
