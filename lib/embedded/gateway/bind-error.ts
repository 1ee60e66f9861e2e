import type { Route } from "./gateway";

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

  constructor(route: Route, cause: NodeJS.ErrnoException) {
    const code = cause.code ?? "UNKNOWN";
    const where = route.externalIp.includes(":") ? `[${route.externalIp}]` : route.externalIp;
    super(
      `${where}:${route.externalPort}/${route.protocol} ${reasons[code] ?? `cannot be bound: ${cause.message}`}`,
      {
        cause,
      },
    );
    this.name = "BindError";
    this.code = code;
  }
}
