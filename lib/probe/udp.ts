import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import { failureOf, type Outcome, timedOut } from "./outcome";
import type { Attempt } from "./tcp";

/** Datagrams may be lost: so often one is sent within an attempt. */
const againMs = 300;

/** Sends something by UDP and waits until it comes back. */
export function attemptUdp({ target, timeoutMs, source, allowed }: Attempt): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(target.host) === 6 ? "udp6" : "udp4");
    const sent = randomBytes(16).toString("hex");
    let again: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => fail(timedOut()), timeoutMs);
    const finish = (outcome: Outcome) => {
      clearTimeout(timer);
      clearInterval(again);
      socket.close();
      resolve(outcome);
    };
    const fail = (error: NodeJS.ErrnoException) =>
      finish(failureOf(error, { connected: false, source, allowed }));
    socket.once("error", fail);
    socket.on("message", (message) => {
      if (message.toString("latin1") === sent) finish({ reachable: true, said: "UDP echo" });
      else finish({ reachable: false, hop: "answer", said: "what answers is no echo" });
    });
    // Not by a callback of `connect`: that one is called where there is no connection, too.
    socket.once("connect", () => {
      const send = () => socket.send(sent, () => undefined);
      send();
      again = setInterval(send, againMs);
    });
    // A connected socket hears when the port is closed.
    socket.connect(target.port, target.host);
  });
}
