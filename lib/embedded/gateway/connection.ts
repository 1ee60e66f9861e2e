import { connect, type Socket } from "node:net";
import type { Route } from "./gateway";
import { Pump } from "./pump";
import { refusalOf } from "./refusal";
import type { Counters } from "./statistics";

/** Milliseconds of silence after which the kernel asks a peer whether it is still there. */
const keepAliveMs = 60_000;

/** A client's TCP connection and the one to the instance that belongs to it; they live and die together. */
export class Connection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #timer: NodeJS.Timeout;
  #open = 2;

  /**
   * Connects to the target and carries both directions, each of which may end on its own. An error of one side,
   * a target that refuses, or one that does not accept within `connectTimeoutMs`, resets the other; the latter
   * two are counted as refused.
   * `closed` is called once, when both sockets are gone.
   */
  constructor(
    client: Socket,
    fromClient: Pump,
    target: Route["target"],
    connectTimeoutMs: number,
    counters: Counters,
    closed: (connection: Connection) => void,
  ) {
    const toClient = new Pump(counters.out);
    const upstream = connect({
      host: target.host,
      port: target.port,
      allowHalfOpen: true,
      noDelay: true,
      autoSelectFamily: false,
      onread: toClient.onread,
    });
    this.#client = client;
    this.#upstream = upstream;
    client.setNoDelay(true);
    let answered = false;
    upstream.on("connect", () => {
      answered = true;
      client.resume();
    });
    this.#timer = setTimeout(() => this.#settle(counters), connectTimeoutMs);
    fromClient.start(client, upstream);
    toClient.start(upstream, client);
    const ended = (failed: boolean, pump: Pump, other: Socket) => {
      pump.stop();
      // A side that closed in order has passed its end on; the other one finishes by itself.
      if (failed) reset(other);
      if (--this.#open > 0) return;
      clearTimeout(this.#timer);
      closed(this);
    };
    client.on("error", ignore).on("close", (failed) => ended(failed, fromClient, upstream));
    upstream.on("error", (error) => answered || counters.refused(refusalOf(error), client.remoteAddress));
    upstream.on("close", (failed) => ended(failed, toClient, client));
  }

  /** The client's address, or undefined when it is gone already. */
  get remoteAddress(): string | undefined {
    return this.#client.remoteAddress;
  }

  /**
   * One timer ends the attempt to connect and finds those connections that last: only they are worth the system
   * calls of keep-alive (eight, a quarter of all that a short connection takes), which notices peers that are gone.
   */
  #settle(counters: Counters): void {
    if (this.#upstream.connecting) {
      counters.refused("instance_timed_out", this.remoteAddress);
      this.cut();
    } else {
      for (const socket of [this.#client, this.#upstream]) socket.setKeepAlive(true, keepAliveMs);
    }
  }

  /** Resets both sides. */
  cut(): void {
    reset(this.#client);
    reset(this.#upstream);
  }
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
