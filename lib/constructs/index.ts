/** What people write: constructs and what they are made of; everything exported here is public. */

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
export { type AddInstanceOptions, type IProject, Project, type ProjectProps } from "./project";
export { PropsError } from "./props";
export { FairleadProvider, type FairleadProviderProps } from "./provider";
