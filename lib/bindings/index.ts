/** The Terraform resources themselves, one class each, generated from the provider's schema; never edited. */
export { Instance as InstanceResource, type InstanceConfig as InstanceResourceConfig } from "./instance";
export { PortForward as PortForwardResource, type PortForwardConfig as PortForwardResourceConfig } from "./port-forward";
export { Project as ProjectResource, type ProjectConfig as ProjectResourceConfig } from "./project";
export { FairleadProvider as ProviderBlock, type FairleadProviderConfig as ProviderBlockConfig } from "./provider";
