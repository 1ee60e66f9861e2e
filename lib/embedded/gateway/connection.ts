import { connect, type Socket } from "node:net";
import type { ConnectionEnd, EndReason } from "./connection-end";
import type { Rule, Shared } from "./listener";
import { proxyHeader } from "./proxy-header";
import { Pump } from "./pump";
import { type RefusalReason, refusalOf } from "./refusal";
import { socketOptions } from "./socket-options";

/** Milliseconds of silence after which the kernel asks a peer whether it is still there. */
const keepAliveMs = 60_000;

/** How often in its idle time a connection is looked at, so that it ends late by a quarter of it at most. */
const looksPerIdleTime = 4;

/** How long connections may take and last; see `RelayOptions`. */
export interface ConnectionLimits {
  readonly connectTimeoutMs: number;
  readonly tcpIdleMs: number;
}

/** A client's TCP connection and the one to the instance that belongs to it; they live and die together. */
export class Connection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #shared: Shared;
  readonly #target: Rule["target"];
  readonly #limits: ConnectionLimits;
  readonly #origin: ConnectionEnd["client"];
  readonly #startedAt = Date.now();
  #timer: NodeJS.Timeout;
  #open = 2;
  #reason: EndReason | undefined;

  /**
   * Connects to the target and carries both directions, each of which may end on its own. An error of one side,
   * a target that refuses, or one that does not accept within `connectTimeoutMs`, resets the other; the latter
   * two are counted as refused.
   * `closed` is called once, when both sockets are gone.
   */
  constructor(
    client: Socket,
    fromClient: Pump,
    { target, proxyProtocol }: Pick<Rule, "target" | "proxyProtocol">,
    limits: ConnectionLimits,
    shared: Shared,
    closed: (connection: Connection) => void,
  ) {
    const toClient = new Pump(shared.counters.out);
    const upstream = connect(
      socketOptions({
        host: target.host,
        port: target.port,
        allowHalfOpen: true,
        noDelay: true,
        autoSelectFamily: false,
        onread: toClient.onread,
      }),
    );
    this.#client = client;
    this.#upstream = upstream;
    this.#shared = shared;
    this.#target = target;
    this.#limits = limits;
    // Afterwards it cannot be asked any more, and asking is a system call.
    this.#origin = shared.ended && originOf(client);
    client.setNoDelay(true);
    let answered = false;
    upstream.on("connect", () => {
      answered = true;
      client.resume();
    });
    this.#timer = setTimeout(() => this.#settle(), limits.connectTimeoutMs);
    // Before anything of the client's is read. Where its address is unknown it is gone, and so is the reader of answers.
    const header = proxyProtocol ? proxyHeader(client) : undefined;
    if (header) upstream.write(header);
    fromClient.start(client, upstream);
    toClient.start(upstream, client);
    const ended = (failed: boolean, reason: EndReason, pump: Pump, other: Socket) => {
      pump.stop();
      // A side that closed in order has passed its end on; the other one finishes by itself.
      if (failed) {
        this.#reason ??= reason;
        reset(other);
      }
      if (--this.#open > 0) return;
      clearTimeout(this.#timer);
      this.#tell();
      closed(this);
    };
    client.on("error", ignore).on("close", (failed) => ended(failed, "client_reset", fromClient, upstream));
    upstream.on("error", (error) => answered || this.#refused(refusalOf(error)));
    upstream.on("close", (failed) => ended(failed, "instance_reset", toClient, client));
    if (proxyProtocol && !header) this.cut("client_reset");
  }

  /** The client's address, or undefined when it is gone already. */
  get remoteAddress(): string | undefined {
    return this.#client.remoteAddress;
  }

  /** Resets both sides. */
  cut(reason: EndReason = "cut"): void {
    this.#reason ??= reason;
    reset(this.#client);
    reset(this.#upstream);
  }

  #refused(reason: RefusalReason): void {
    this.#reason ??= reason;
    this.#shared.counters.refused(reason, this.remoteAddress);
  }

  /**
   * One timer ends the attempt to connect and finds those connections that last: only they are worth the system
   * calls of keep-alive (eight, a quarter of all that a short connection takes), which notices peers that are gone.
   */
  #settle(): void {
    if (this.#upstream.connecting) {
      this.#refused("instance_timed_out");
      this.cut();
      return;
    }
    for (const socket of [this.#client, this.#upstream]) socket.setKeepAlive(true, keepAliveMs);
    if (this.#limits.tcpIdleMs > 0) this.#watch();
  }

  /** Ends the connection when nothing came from either side for the idle time; packets are not slowed down by it. */
  #watch(): void {
    let bytes = -1;
    let silentLooks = 0;
    const look = () => {
      const now = this.#client.bytesRead + this.#upstream.bytesRead;
      silentLooks = now === bytes ? silentLooks + 1 : 0;
      bytes = now;
      if (silentLooks < looksPerIdleTime) return;
      this.#reason ??= "idle";
      // An end in order, as other relays do it: nothing is known to be wrong.
      this.#client.destroy();
      this.#upstream.destroy();
    };
    look();
    this.#timer = setInterval(look, this.#limits.tcpIdleMs / looksPerIdleTime);
  }

  #tell(): void {
    this.#shared.ended?.({
      ...{ id: this.#shared.id, protocol: "tcp", client: this.#origin, target: this.#target },
      ...{ bytesIn: this.#client.bytesRead, bytesOut: this.#upstream.bytesRead },
      ...{ startedAt: this.#startedAt, durationMs: Date.now() - this.#startedAt },
      reason: this.#reason ?? "closed",
    });
  }
}

/** Where a client comes from; undefined when it is gone already. */
export function originOf({ remoteAddress: host, remotePort: port }: Socket): ConnectionEnd["client"] {
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** Ends a connection so that its peer sees a reset, not an orderly end. */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  // There is nothing to reset before the peer has answered, and Node would wait for it.
  if (socket.connecting) socket.destroy();
  // libuv refuses a reset while it sends our end, and Node would then never close the socket.
  else if (socket.writableEnded && !socket.writableFinished) socket.once("finish", () => reset(socket));
  else socket.resetAndDestroy();
}

/** `close` follows every error and is where it is dealt with; without a listener Node would throw it. */
function ignore(): void {}
