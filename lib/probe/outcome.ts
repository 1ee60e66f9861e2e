/** A hop on the way to an instance that a connection has failed at. */
export type FailedHop = "gateway" | "source" | "instance" | "time-out" | "route" | "answer";

/** How one attempt ended. */
export type Outcome =
  | { readonly reachable: true; readonly said: string }
  | { readonly reachable: false; readonly hop: FailedHop; readonly said: string };

/** What each hop's failure means for whoever reads it, and what to do. */
export const hopHelp: Readonly<Record<FailedHop, { readonly means: string; readonly next: string }>> = {
  gateway: {
    means: "the gateway refuses",
    next: "Nothing listens at the external port: see whether the forward is active (`fairlead forward list`), and whether the platform runs.",
  },
  source: {
    means: "the source is not allowed",
    next: "Add the address that this machine connects from to the forward's allowed sources, or probe from a machine that is among them.",
  },
  instance: {
    means: "the instance refuses",
    next: "Start what listens at the forward's internal port, at the instance's private address, or correct the port.",
  },
  "time-out": {
    means: "time-out",
    next: "See whether a firewall drops packets on the way, and whether the instance has started; --timeout waits longer.",
  },
  route: {
    means: "no way to the address",
    next: "See whether this machine reaches the network of the external address.",
  },
  answer: {
    means: "another answer than expected",
    next: "The forward works; correct the service, or what is expected of it.",
  },
};

/** The facts that a failure is told by. */
export interface Circumstances {
  /** Whether the gateway had taken the connection. */
  readonly connected: boolean;
  /** Address that this machine connects from, if known. */
  readonly source: string | undefined;
  /** Whether that address is among the forward's sources; undefined where these are not known. */
  readonly allowed: boolean | undefined;
}

/** Which hop has failed, by a socket's error. */
export function failureOf(
  error: NodeJS.ErrnoException,
  { connected, source, allowed }: Circumstances,
): Outcome {
  const code = error.code ?? "";
  const from = `this machine connects from ${source ?? "an address that is not known"}, which is not among the allowed sources`;
  const failed = (hop: FailedHop, said: string): Outcome => ({ reachable: false, hop, said });
  if (/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)$/.test(code))
    return failed("route", code);
  if (code === "ETIMEDOUT") {
    if (allowed === false) return failed("source", from);
    return failed(
      "time-out",
      connected ? "the connection was let in, but nothing answers" : "the gateway does not answer",
    );
  }
  // A reset says that there was a connection, also where it is over before Node has told of it.
  if (!connected && code !== "ECONNRESET") return failed("gateway", code || error.message);
  if (/^(ECONNRESET|EPIPE|ECONNREFUSED)$/.test(code)) {
    return allowed === false
      ? failed("source", from)
      : failed("instance", "the connection was let in and then cut");
  }
  return failed("answer", error.message);
}

/** The error of an attempt that has taken too long. */
export const timedOut = (): NodeJS.ErrnoException =>
  Object.assign(new Error("timed out"), { code: "ETIMEDOUT" });
