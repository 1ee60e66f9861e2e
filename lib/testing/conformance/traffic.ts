import { createSocket } from "node:dgram";
import { request } from "node:http";
import { connect } from "node:net";

/** Splits `127.0.0.1:20170`. */
export function hostAndPort(socketAddress: string): { host: string; port: number } {
  const at = socketAddress.lastIndexOf(":");
  return { host: socketAddress.slice(0, at), port: Number(socketAddress.slice(at + 1)) };
}

/** The body that an HTTP server answers with; rejects with the socket's error. */
export function httpBody(socketAddress: string, localAddress?: string): Promise<string> {
  const { host, port } = hostAndPort(socketAddress);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host, port, timeout: 5000, agent: false, ...(localAddress ? { localAddress } : {}) },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        response.on("end", () => resolve(body));
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("timed out")));
    sent.on("error", reject).end();
  });
}

/** What a TCP service says after `sent`, until it closes or has said `length` bytes: a character for each. */
export function tcpExchange(socketAddress: string, sent: string, length: number): Promise<string> {
  const { host, port } = hostAndPort(socketAddress);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = "";
    socket.setTimeout(5000, () => socket.destroy(new Error("timed out")));
    socket.on("error", reject);
    socket.on("data", (data) => {
      received += data.toString("latin1");
      if (received.length >= length) socket.end();
    });
    socket.on("close", () => resolve(received));
    socket.write(sent);
  });
}

/** What a UDP service answers to a datagram; rejects after a second of silence. */
export function udpExchange(socketAddress: string, sent: string): Promise<string> {
  const { host, port } = hostAndPort(socketAddress);
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    const timer = setTimeout(() => {
      socket.close();
      reject(new Error("timed out"));
    }, 1000);
    socket.on("message", (message) => {
      clearTimeout(timer);
      socket.close();
      resolve(message.toString());
    });
    socket.on("error", reject);
    socket.send(sent, port, host);
  });
}

/** A TCP connection to a service that echoes, open until somebody ends it. */
export interface HeldConnection {
  /** Whether the service still answers on it. */
  echoes(): Promise<boolean>;
  /** Resolves when the other side has ended it, with the time that is (ms since the epoch). */
  readonly cut: Promise<number>;
  end(): void;
}

/** Opens a connection to an echo service; rejects when the service does not answer. */
export async function holdConnection(socketAddress: string): Promise<HeldConnection> {
  const socket = connect(hostAndPort(socketAddress));
  const cut = new Promise<number>((resolve) => {
    socket.on("error", () => {});
    socket.on("close", () => resolve(Date.now()));
  });
  const echoes = async () => {
    const answer = new Promise<boolean>((resolve) => socket.once("data", () => resolve(true)));
    socket.write("still there?");
    return Promise.race([answer, cut.then(() => false)]);
  };
  if (!(await echoes())) throw new Error(`${socketAddress} did not answer`);
  return { echoes, cut, end: () => void socket.destroy() };
}
