import type { Endpoint } from "./listener";

const reasons: Record<string, string> = {
  EADDRINUSE: "is in use by another program; choose another external port, or stop what listens there",
  EACCES:
    "needs a privilege this process does not have; choose a port from 1024 up, or grant CAP_NET_BIND_SERVICE",
  EADDRNOTAVAIL: "is not an address of this machine; choose one that `ip address` lists",
  EMFILE: "cannot be opened: this process has no file descriptor left; raise its limit (`ulimit -n`)",
};

/** An external port that cannot be bound. The message names it, says why, and gives the next step. */
export class BindError extends Error {
  /** The system's error code, such as `EADDRINUSE` or `EACCES`. */
  readonly code: string;
  /** The port; of a range, the lowest of those that cannot be bound. */
  readonly port: number;

  constructor({ protocol, ip, port }: Endpoint, cause: NodeJS.ErrnoException) {
    const code = cause.code ?? "UNKNOWN";
    const where = ip.includes(":") ? `[${ip}]` : ip;
    super(`${where}:${port}/${protocol} ${reasons[code] ?? `cannot be bound: ${cause.message}`}`, { cause });
    this.name = "BindError";
    this.code = code;
    this.port = port;
  }
}
