import { Peer } from "fairlead";

/** Desks in the office. */
export const office = Peer.ipv4("198.51.100.0/24");

/** Everyone at home, by the VPN. */
export const vpn = Peer.ipv4("10.8.0.0/16");
