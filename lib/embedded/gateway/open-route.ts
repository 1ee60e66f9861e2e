import type { EndListener } from "./connection-end";
import { FlowTable } from "./flow-table";
import type { Route } from "./gateway";
import type { Endpoint, Listener, Rule, Shared } from "./listener";
import type { Refusal } from "./refusal";
import { sourcesOf } from "./sources";
import { Counters, type RouteStatistics } from "./statistics";
import { listenTcp, type TcpOptions } from "./tcp";
import { listenUdp, type UdpOptions } from "./udp";

/** Limits of what a route carries; see `RelayOptions`. */
export type RouteOptions = TcpOptions &
  UdpOptions & { readonly udpFlowsPerRoute: number; readonly ended?: EndListener | undefined };

/** A route from its opening to its close: a listener for each of its ports, and what they count together. */
export class OpenRoute {
  readonly #options: RouteOptions;
  readonly #shared: Shared;
  #route: Route | undefined;
  #listeners: ReadonlyMap<number, Listener> = new Map();

  /** Nothing is open before the first `change`. */
  constructor(id: string, options: RouteOptions) {
    const { udpFlowsPerRoute, ended } = options;
    this.#options = options;
    this.#shared = { id, counters: new Counters(), flows: new FlowTable(udpFlowsPerRoute), ended };
  }

  get statistics(): RouteStatistics {
    return this.#shared.counters.snapshot();
  }

  get lastRefusal(): Refusal | undefined {
    return this.#shared.counters.lastRefusal;
  }

  /** Brings what is open to what the route says; on failure everything stays as it was. See `Gateway.open`. */
  async change(route: Route): Promise<void> {
    const sources = sourcesOf(route.allowedCidrs);
    const { proxyProtocol = false } = route;
    const { host, port: firstTarget } = route.target;
    const rule = (port: number): Rule => ({
      target: { host, port: firstTarget + port - route.externalPort },
      sources,
      proxyProtocol,
    });
    const before = this.#listeners;
    const stays = this.#route && sameAddress(this.#route, route) ? before : new Map<number, Listener>();
    const ports = Array.from({ length: route.portCount }, (_, i) => route.externalPort + i);

    const missing = ports.filter((port) => !stays.has(port));
    const opened = await this.#listen(route, missing, rule);

    const after = new Map(opened);
    for (const port of ports) {
      const kept = stays.get(port);
      if (!kept) continue;
      kept.update(rule(port));
      after.set(port, kept);
    }
    this.#listeners = after;
    this.#route = route;
    const leftOut = [...before].filter(([port, listener]) => after.get(port) !== listener);
    await closeAll(leftOut);
  }

  /** Closes all ports, and cuts what flows when `until` aborts, or at once; resolves when no socket is left. */
  async close(until?: AbortSignal): Promise<void> {
    const open = [...this.#listeners];
    this.#listeners = new Map();
    await closeAll(open, until);
  }

  /** Opens all of the ports, or none. @throws BindError of the lowest port that cannot be bound */
  async #listen(
    { protocol, externalIp: ip }: Route,
    ports: readonly number[],
    rule: (port: number) => Rule,
  ): Promise<[port: number, listener: Listener][]> {
    const open = (at: Endpoint): Promise<Listener> =>
      protocol === "tcp"
        ? listenTcp(at, rule(at.port), this.#shared, this.#options)
        : listenUdp(at, rule(at.port), this.#shared, this.#options);
    const tries = await Promise.allSettled(
      ports.map(async (port): Promise<[number, Listener]> => [port, await open({ protocol, ip, port })]),
    );
    const failed = tries.find((one) => one.status === "rejected");
    const opened = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    if (!failed) return opened;
    await closeAll(opened);
    throw failed.reason;
  }
}

async function closeAll(
  listeners: readonly (readonly [number, Listener])[],
  until?: AbortSignal,
): Promise<void> {
  await Promise.all(listeners.map(([, listener]) => listener.close(until)));
}

function sameAddress(one: Route, other: Route): boolean {
  return one.protocol === other.protocol && one.externalIp === other.externalIp;
}
