import { connect, type Socket } from "node:net";
import type { Route } from "./gateway";
import { Pump } from "./pump";

/** Milliseconds of silence after which the kernel asks a peer whether it is still there. */
const keepAliveMs = 60_000;

/** A client's TCP connection and the one to the instance that belongs to it; they live and die together. */
export class Connection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  #open = 2;

  /**
   * Connects to the target and carries both directions, each of which may end on its own. An error of one side,
   * a target that refuses, or one that does not accept within `connectTimeoutMs`, resets the other.
   * `closed` is called once, when both sockets are gone.
   */
  constructor(
    client: Socket,
    fromClient: Pump,
    target: Route["target"],
    connectTimeoutMs: number,
    closed: (connection: Connection) => void,
  ) {
    const toClient = new Pump();
    const upstream = connect({
      host: target.host,
      port: target.port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      autoSelectFamily: false,
      onread: toClient.onread,
    });
    this.#client = client;
    this.#upstream = upstream;
    client.setNoDelay(true);
    client.setKeepAlive(true, keepAliveMs);
    upstream.setTimeout(connectTimeoutMs, () => upstream.destroy(new Error("the instance does not accept")));
    upstream.once("connect", () => upstream.setTimeout(0));
    fromClient.start(client, upstream);
    toClient.start(upstream, client);
    const ended = (failed: boolean, other: Socket) => {
      // A side that closed in order has passed its end on; the other one finishes by itself.
      if (failed) reset(other);
      if (--this.#open === 0) closed(this);
    };
    client.on("error", ignore).once("close", (failed) => ended(failed, upstream));
    upstream.on("error", ignore).once("close", (failed) => ended(failed, client));
  }

  /** The client's address, or undefined when it is gone already. */
  get remoteAddress(): string | undefined {
    return this.#client.remoteAddress;
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
