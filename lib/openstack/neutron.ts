/** What of Neutron's objects is read here, by the names that Neutron gives them. */

/** A forward, as the list of a floating IP has it. */
export interface NeutronForward {
  readonly id: string;
  readonly protocol: string;
  readonly internal_port_id: string;
  readonly internal_ip_address: string;
  /** Of a range that was a single port before, this still is that port: the range counts. */
  readonly internal_port?: number | null;
  readonly external_port?: number | null;
  /** `6000:6010`; not there before Neutron of Zed. */
  readonly internal_port_range?: string | null;
  readonly external_port_range?: string | null;
  readonly description?: string | null;
}

/** A plug of a network: of a server, of a router, or of nothing yet. */
export interface NeutronPort {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly project_id: string;
  readonly network_id: string;
  readonly device_id: string;
  readonly device_owner: string;
  readonly fixed_ips: readonly { readonly subnet_id: string; readonly ip_address: string }[];
  readonly security_groups?: readonly string[];
  readonly port_security_enabled?: boolean;
  readonly revision_number: number;
}

/** What of a port is asked for: the rest is long and of no use here. */
export const portFields = [
  ...["id", "name", "description", "project_id", "network_id", "device_id", "device_owner", "fixed_ips"],
  ...["security_groups", "port_security_enabled", "revision_number"],
];

/** Something that a group lets in or out. */
export interface NeutronRule {
  readonly id: string;
  readonly security_group_id: string;
  readonly direction: "ingress" | "egress";
  readonly ethertype: string;
  readonly protocol: string | null;
  readonly port_range_min: number | null;
  readonly port_range_max: number | null;
  readonly remote_ip_prefix: string | null;
  readonly remote_group_id: string | null;
  /** Not there before Neutron of Wallaby. */
  readonly remote_address_group_id?: string | null;
  readonly description: string | null;
}

/** A set of rules that ports can have. */
export interface NeutronGroup {
  readonly id: string;
  readonly name: string;
  readonly security_group_rules: readonly NeutronRule[];
}

/** What joins networks. */
export interface NeutronRouter {
  readonly id: string;
  readonly external_gateway_info: { readonly network_id: string } | null;
}
