/** An OpenStack cloud behind the contract: Keystone, Nova, Neutron and Glance, spoken to over http's transport. */
export { type OpenStackOptions, openStackPlatform } from "./platform";
