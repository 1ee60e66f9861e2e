/** What the openstack block of the provider says besides which cloud it is. */
export interface OpenStackSettings {
  /** Name or id of the network that floating IPs come from. @default the only external network of the cloud */
  readonly externalNetwork: string | undefined;
  /** Network of the instances of a project. */
  readonly privateCidr: string;
  /** External ports that forwards can have. */
  readonly ports: { readonly from: number; readonly to: number };
}

/** What holds where nothing is set; the ports are those of the embedded platform, so that one stack plans alike on both. */
export const defaultSettings: OpenStackSettings = {
  externalNetwork: undefined,
  privateCidr: "10.20.0.0/24",
  ports: { from: 20000, to: 32767 },
};
