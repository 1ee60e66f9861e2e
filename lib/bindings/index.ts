/** The Terraform resources themselves, one class each, generated from the provider's schema; never edited. */
export { DataFairleadFlavors as FlavorsDataSource, type DataFairleadFlavorsConfig as FlavorsDataSourceConfig } from "./data-fairlead-flavors";
export { DataFairleadImages as ImagesDataSource, type DataFairleadImagesConfig as ImagesDataSourceConfig } from "./data-fairlead-images";
export { DataFairleadInstance as InstanceDataSource, type DataFairleadInstanceConfig as InstanceDataSourceConfig } from "./data-fairlead-instance";
export { DataFairleadInstances as InstancesDataSource, type DataFairleadInstancesConfig as InstancesDataSourceConfig } from "./data-fairlead-instances";
export { DataFairleadPortForward as PortForwardDataSource, type DataFairleadPortForwardConfig as PortForwardDataSourceConfig } from "./data-fairlead-port-forward";
export { DataFairleadPortForwards as PortForwardsDataSource, type DataFairleadPortForwardsConfig as PortForwardsDataSourceConfig } from "./data-fairlead-port-forwards";
export { DataFairleadProject as ProjectDataSource, type DataFairleadProjectConfig as ProjectDataSourceConfig } from "./data-fairlead-project";
export { Instance as InstanceResource, type InstanceConfig as InstanceResourceConfig } from "./instance";
export { PortForward as PortForwardResource, type PortForwardConfig as PortForwardResourceConfig } from "./port-forward";
export { Project as ProjectResource, type ProjectConfig as ProjectResourceConfig } from "./project";
export { FairleadProvider as ProviderBlock, type FairleadProviderConfig as ProviderBlockConfig } from "./provider";
