import { type AddressSpan, addressesIn, spanOf, unmapped } from "./address-span";
import { type Cidr, parseCidr } from "./cidr";

/** Half of the addresses there are is not a choice of sources. */
const MOST = 0.5;

/** Where public addresses are: all of IPv4, and of IPv6 what is given out, 2000::/3. */
const internet = {
  4: { first: 0n, end: 1n << 32n },
  6: { first: 1n << 125n, end: 2n << 125n },
} as const;

/** Whether sources let in everyone: none given, 0.0.0.0/0, or networks that together are most of the internet. */
export function letInEveryone(cidrs: readonly string[]): boolean {
  if (cidrs.length === 0) return true;
  const networks = networksOf(cidrs);
  return ([4, 6] as const).some((family) => {
    const { first, end } = internet[family];
    const covered = addressesIn({ first, end }, spansOf(networks, family));
    return Number(covered) / Number(end - first) >= MOST;
  });
}

/**
 * How much of a network may connect where these sources are allowed; none given allow all. Of everyone, as 0.0.0.0/0
 * stands for, some few do not count: what is allowed to the office is not open to the world.
 * @param source a network as text; what is none is let in nowhere
 */
export function admittedOf(source: string, allowed: readonly string[]): "all" | "some" | "none" {
  const [network] = networksOf([source]);
  if (!network) return "none";
  if (allowed.length === 0) return "all";
  const span = spanOf(network);
  const covered = addressesIn(span, spansOf(networksOf(allowed), network.family));
  if (covered === span.end - span.first) return "all";
  const isSome = letInEveryone([source]) ? letInEveryone(allowed) : covered > 0n;
  return isSome ? "some" : "none";
}

const networksOf = (cidrs: readonly string[]): Cidr[] =>
  cidrs
    .map(parseCidr)
    .filter((cidr) => cidr !== undefined)
    .map(unmapped);

const spansOf = (networks: readonly Cidr[], family: Cidr["family"]): AddressSpan[] =>
  networks.filter((cidr) => cidr.family === family).map(spanOf);
