import { spanText } from "../../contract/port-range";
import { type Service, servicesAt } from "../../contract/service";
import type { Finding } from "../construct-error";
import type { Exposure } from "./exposure";
import { Unknown } from "./unknown";

/** Services at the internal ports, as far as these are known. */
export function servicesOf({ protocol, ports }: Exposure): readonly Service[] | Unknown {
  if (ports instanceof Unknown) return protocol === "udp" ? [] : ports;
  if (protocol instanceof Unknown) return protocol;
  const key = `${protocol}:${ports.first}:${ports.count}`;
  const known = cache.get(key);
  if (known) return known;
  const services = servicesAt(protocol, ports);
  cache.set(key, services);
  return services;
}

/** There are as many as ports in use, and forwards of thousands of instances share them. */
const cache = new Map<string, readonly Service[]>();

/** "Port 22/tcp is ssh" or "Ports 20-30/tcp include ssh". */
export function portsText({ ports, protocol }: Exposure, { name }: Service): string {
  if (ports instanceof Unknown) return name;
  const text = `${spanText(ports)}/${protocol}`;
  return ports.count === 1 ? `Port ${text} is ${name}` : `Ports ${text} include ${name}`;
}

/** A service of some kind that everyone may connect to. */
export function openService(
  exposure: Exposure,
  isMeant: (service: Service) => boolean,
): Finding | Unknown | undefined {
  const { isEnabled, isOpenToEveryone } = exposure;
  if (!isEnabled || isOpenToEveryone === false) return undefined;
  const services = servicesOf(exposure);
  if (services instanceof Unknown) return services;
  const service = services.find(isMeant);
  if (!service) return undefined;
  if (isOpenToEveryone instanceof Unknown) return isOpenToEveryone;
  return {
    problem: `${portsText(exposure, service)}, and everyone may connect to it.`,
    fix: 'Give `allowedCidrs` the sources that need it: ["198.51.100.0/24"].',
  };
}
