/** What people write: constructs and what they are made of; everything exported here is public. */

export type { Expectation } from "../probe/expectation";
export { ConstructError, type Finding } from "./construct-error";
export { EphemeralVariable, type EphemeralVariableProps } from "./ephemeral-variable";
export type { ExistingInstanceOptions, InstanceLookupOptions } from "./existing-instance";
export type { ExistingPortForwardOptions, PortForwardLookupOptions } from "./existing-port-forward";
export type { ExistingProjectOptions, ProjectLookupOptions } from "./existing-project";
export { type IImage, Image, type ImageLookupOptions } from "./image";
export { Instance, type InstanceOptions, type InstanceProps } from "./instance";
export type { ForwardOptions, IInstance, IKnownInstance } from "./instance-base";
export {
  Bastion,
  type BastionProps,
  SshAccess,
  type SshAccessProps,
  WebService,
  type WebServiceProps,
} from "./patterns";
export { Peer } from "./peer";
export {
  type ExposureFinding,
  type ExposureLevel,
  ExposurePolicy,
  type ExposurePolicyProps,
  type ExposureReview,
  type ExposureRuleId,
  type ExposureSettings,
  type IdleSuppression,
  type SuppressedFinding,
  type Suppression,
  type UncheckedRule,
} from "./policy";
export { Port } from "./port";
export {
  type IPortForward,
  PortForward,
  type PortForwardOptions,
  type PortForwardProps,
} from "./port-forward";
export { Project, type ProjectProps } from "./project";
export type { AddInstanceOptions, AddInstancesOptions, IKnownProject, IProject } from "./project-base";
export { FairleadProvider, type FairleadProviderProps, type OpenStackProps } from "./provider";
export type { ReachabilityOptions } from "./reachability";
export type { SshConfigOptions } from "./ssh-config";
export type { OperationTimeouts } from "./timeouts";
export type { UserDataOptions } from "./user-data";
