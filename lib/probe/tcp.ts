import { connect, isIP, type Socket } from "node:net";
import type { Expected } from "./expectation";
import { failureOf, type Outcome, timedOut } from "./outcome";
import { type Target, targetText } from "./target";

/** What an attempt knows. */
export interface Attempt {
  readonly target: Target;
  readonly expected: Expected;
  /** How long it may take until there is a connection, and what is expected of it. */
  readonly timeoutMs: number;
  /**
   * How long a connection has to stay where nothing else is expected: a gateway that relays takes one before it knows
   * whether the instance does, and cuts it if not.
   */
  readonly settleMs: number;
  /** Address that this machine connects from, if known. */
  readonly source: string | undefined;
  /** Whether that is among the forward's sources; undefined where this is not known. */
  readonly allowed: boolean | undefined;
}

/** Connects once by TCP, and asks for what is expected. */
export function attemptTcp(attempt: Attempt): Promise<Outcome> {
  const { target, expected, timeoutMs, settleMs, source, allowed } = attempt;
  return new Promise((resolve) => {
    const socket = connect({ ...target, autoSelectFamily: false });
    let connected = false;
    let timer = setTimeout(() => fail(timedOut()), timeoutMs);
    const finish = (outcome: Outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const fail = (error: NodeJS.ErrnoException) => finish(failureOf(error, { connected, source, allowed }));
    const succeed = (said: string) => finish({ reachable: true, said });
    const refuse = (said: string) => finish({ reachable: false, hop: "answer", said });
    // Instead of what is left of the attempt's time: to look for less long would take a cut connection for a good one.
    const settle = (said: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => succeed(said), settleMs);
    };
    socket.on("error", fail);
    socket.on("connect", () => {
      connected = true;
      conversations[expected.kind](socket, { target, expected, succeed, settle, refuse, fail });
    });
  });
}

interface Conversation {
  readonly target: Target;
  readonly expected: Expected;
  succeed(said: string): void;
  /** Succeeds if the connection stays. */
  settle(said: string): void;
  refuse(said: string): void;
  fail(error: NodeJS.ErrnoException): void;
}

type Converse = (socket: Socket, conversation: Conversation) => void;

/** The other side has closed before it answered. */
const cut = (): NodeJS.ErrnoException => Object.assign(new Error("closed"), { code: "ECONNRESET" });

const conversations: Readonly<Record<Expected["kind"], Converse>> = {
  tcp: (socket, { succeed, settle }) => {
    settle("TCP connection");
    // An end in order is the service's own.
    socket.on("end", () => succeed("TCP connection"));
    socket.on("data", () => succeed("TCP connection"));
  },
  ssh: (socket, { succeed, refuse, fail }) => {
    let heard = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      heard += text;
      const banner = /^SSH-[\x20-\x7e]+/m.exec(heard)?.[0];
      if (banner !== undefined && /[\r\n]/.test(heard.slice(heard.indexOf(banner))))
        succeed(banner.slice(0, 80));
      else if (heard.length > 8192) refuse("what answers is no ssh server");
    });
    socket.on("end", () => (heard === "" ? fail(cut()) : refuse("what answers is no ssh server")));
  },
  tls: (socket, conversation) => {
    secured(socket, conversation, (secure) => conversation.succeed(String(secure.getProtocol())));
  },
  http: (socket, conversation) => ask(socket, conversation),
  https: (socket, conversation) => secured(socket, conversation, (secure) => ask(secure, conversation)),
  "udp-echo": (_, { refuse }) => refuse("udp-echo is not of TCP"),
};

function secured(
  socket: Socket,
  { target, fail, refuse }: Conversation,
  ready: (secure: import("node:tls").TLSSocket) => void,
): void {
  const { connect: secure } = require("node:tls") as typeof import("node:tls");
  // Whether something answers is the question, not who it is: at an address no certificate could say that.
  const encrypted = secure({
    socket,
    rejectUnauthorized: false,
    ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
  });
  encrypted.on("secureConnect", () => ready(encrypted));
  encrypted.on("error", (error: NodeJS.ErrnoException) => {
    if (/^(ECONNRESET|EPIPE)$/.test(error.code ?? "")) fail(error);
    else refuse(`what answers does not speak TLS (${error.code ?? error.message})`);
  });
}

/** One request, by hand: Node's client would open a connection of its own. */
function ask(socket: Socket, { target, expected, succeed, refuse, fail }: Conversation): void {
  socket.write(
    `GET ${expected.path} HTTP/1.1\r\nHost: ${targetText(target)}\r\nUser-Agent: fairlead-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );
  let heard = "";
  const judge = (): boolean => {
    const [, status] = /^HTTP\/1\.[01] ([1-5]\d\d)\b/.exec(heard) ?? [];
    if (status === undefined) return false;
    const isFine = expected.status === undefined ? Number(status) < 500 : Number(status) === expected.status;
    const said = `${expected.kind.toUpperCase()} ${status}`;
    if (isFine) succeed(said);
    else refuse(`${said}, but ${expected.status ?? "less than 500"} was expected`);
    return true;
  };
  socket.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
    if (!judge() && heard.length > 64) refuse("what answers does not speak HTTP");
  });
  socket.on("end", () => {
    if (heard === "") fail(cut());
    else if (!judge()) refuse("what answers does not speak HTTP");
  });
}
