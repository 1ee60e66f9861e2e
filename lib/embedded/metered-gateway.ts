import { setImmediate as breath } from "node:timers/promises";
import type { Statistics } from "../contract";
import type { Logger } from "../log";
import type { Database } from "./database";
import type { Gateway, Refusal, Route, RouteStatistics } from "./gateway";
import { addTraffic, noTraffic, readTraffic, sameTraffic, type Traffic, writeTraffic } from "./traffic";

const writeEveryMs = 5_000;
/** Rows of one transaction: packets wait while it is written. */
const slice = 500;

/**
 * A gateway whose counts outlive its routes and the platform: what closed routes have carried is kept, and every
 * few seconds what has changed is written down. A platform that is killed loses the counts of the last seconds.
 */
export class MeteredGateway {
  /** What the routes that are closed by now have carried, this platform's and those of its predecessors. */
  private readonly before: Map<string, Traffic>;
  private readonly written: Map<string, Traffic>;
  private readonly opened = new Set<string>();
  private readonly closing = new Map<string, RouteStatistics>();
  private readonly timer: NodeJS.Timeout;
  private closed = false;

  constructor(
    private readonly gateway: Gateway,
    private readonly database: Database,
    private readonly log: Logger,
  ) {
    this.before = readTraffic(database);
    this.written = new Map(this.before);
    this.timer = setInterval(() => void this.writeInSlices(), writeEveryMs).unref();
  }

  /** See `Gateway.open`. */
  async open(route: Route): Promise<void> {
    this.opened.add(route.id);
    await this.gateway.open(route);
  }

  /** See `Gateway.close`; the counts stay. */
  async close(id: string): Promise<void> {
    const shown = this.gateway.statistics(id);
    if (shown) this.closing.set(id, shown);
    const last = await this.gateway.close(id);
    this.closing.delete(id);
    if (last) this.keep(id, last);
  }

  /** Drops the counts of a forward that is gone. */
  forget(id: string): void {
    for (const known of [this.before, this.written, this.opened, this.closing]) known.delete(id);
  }

  /** Whether a forward's ports are open. */
  isOpen(id: string): boolean {
    return this.gateway.statistics(id) !== undefined;
  }

  /** What a forward has carried, ever, and what is open now. */
  statistics(id: string): Statistics {
    const { lastUsedAt, ...counts } = this.carried(id);
    return {
      openConnections: this.live(id)?.openConnections ?? 0,
      ...counts,
      lastUsedAt: lastUsedAt === undefined ? null : new Date(lastUsedAt).toISOString(),
    };
  }

  /** See `Gateway.lastRefusal`: of the route that is open now. */
  lastRefusal(id: string): Refusal | undefined {
    return this.gateway.lastRefusal(id);
  }

  /** See `Gateway.shutdown`; then writes down the last counts. */
  async shutdown(until?: AbortSignal): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    for (const [id, last] of await this.gateway.shutdown(until)) this.keep(id, last);
    try {
      this.write(this.changed());
    } catch (error) {
      this.log.warn(`the last statistics could not be written: ${error}`);
    }
  }

  /** Adds the final counts of a route to what was before it. */
  private keep(id: string, last: RouteStatistics): void {
    this.before.set(id, addTraffic(this.before.get(id) ?? noTraffic, last));
  }

  private live(id: string): RouteStatistics | undefined {
    return this.closing.get(id) ?? this.gateway.statistics(id);
  }

  private carried(id: string): Traffic {
    const live = this.live(id);
    const before = this.before.get(id) ?? noTraffic;
    return live ? addTraffic(before, live) : before;
  }

  private changed(): [string, Traffic][] {
    return [...new Set([...this.before.keys(), ...this.opened])]
      .map((id): [string, Traffic] => [id, this.carried(id)])
      .filter(([id, carried]) => !sameTraffic(carried, this.written.get(id) ?? noTraffic));
  }

  private async writeInSlices(): Promise<void> {
    try {
      const changed = this.changed();
      for (let i = 0; i < changed.length && !this.closed; i += slice) {
        this.write(changed.slice(i, i + slice));
        await breath();
      }
    } catch (error) {
      this.log.warn(`statistics could not be written, they will be with the next ones: ${error}`);
    }
  }

  private write(changed: readonly (readonly [string, Traffic])[]): void {
    writeTraffic(this.database, changed);
    for (const [id, carried] of changed) this.written.set(id, carried);
  }
}
