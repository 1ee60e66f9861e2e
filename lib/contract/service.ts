import type { PortSpan } from "./port-range";

/** What a service is for, as far as it matters who can reach it. */
export type ServiceKind = "administration" | "database" | "plain web" | "web";

/** What usually answers at a port. */
export interface Service {
  /** As people say it: ssh, remote desktop, postgresql. */
  readonly name: string;
  /** What it is for. */
  readonly kind: ServiceKind;
  /** Its usual ports. */
  readonly ports: readonly number[];
}

/** Services of TCP that are known by their port. */
export const services: readonly Service[] = [
  { name: "ssh", kind: "administration", ports: [22] },
  { name: "telnet", kind: "administration", ports: [23] },
  { name: "remote desktop", kind: "administration", ports: [3389] },
  { name: "vnc", kind: "administration", ports: [5900, 5901] },
  { name: "winrm", kind: "administration", ports: [5985, 5986] },
  { name: "smb", kind: "administration", ports: [445] },
  { name: "docker", kind: "administration", ports: [2375, 2376] },
  { name: "kubernetes", kind: "administration", ports: [6443, 10250] },
  { name: "postgresql", kind: "database", ports: [5432] },
  { name: "mysql", kind: "database", ports: [3306] },
  { name: "sql server", kind: "database", ports: [1433] },
  { name: "oracle", kind: "database", ports: [1521] },
  { name: "mongodb", kind: "database", ports: [27017] },
  { name: "redis", kind: "database", ports: [6379] },
  { name: "memcached", kind: "database", ports: [11211] },
  { name: "elasticsearch", kind: "database", ports: [9200] },
  { name: "cassandra", kind: "database", ports: [9042] },
  { name: "couchdb", kind: "database", ports: [5984] },
  { name: "etcd", kind: "database", ports: [2379] },
  { name: "http", kind: "plain web", ports: [80, 8080] },
  { name: "https", kind: "web", ports: [443, 8443] },
];

const byPort = new Map(services.flatMap((service) => service.ports.map((port) => [port, service] as const)));

/**
 * The services that usually answer at an instance's ports, each once. By the internal port: an external 40022 that
 * leads to 22 is ssh. Of UDP nothing is known by its port.
 */
export function servicesAt(protocol: string, { first, count }: PortSpan): Service[] {
  if (protocol !== "tcp") return [];
  const found = [...byPort].flatMap(([port, service]) =>
    port >= first && port < first + count ? service : [],
  );
  return [...new Set(found)];
}
