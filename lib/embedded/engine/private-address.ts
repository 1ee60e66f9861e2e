import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { ProcessImage } from "./process-image";

/** The TCP ports that an image has to accept on before its instance counts as usable. */
export function readyPorts(image: ProcessImage): readonly number[] {
  const tcp = image.ready?.tcp ?? [];
  return typeof tcp === "number" ? [tcp] : tcp;
}

/**
 * Rejects when this host does not have the address, or when one of the ports is taken. Both have to be
 * known before a command starts: a foreign listener on 0.0.0.0 would answer the readiness check in its place.
 */
export async function claimable(ip: string, ports: readonly number[]): Promise<void> {
  for (const port of ports.length > 0 ? ports : [0]) {
    const code = await bindOnce(ip, port);
    if (code === "EADDRNOTAVAIL") {
      throw new Error(
        `${ip} is not an address of this host; on macOS add it with: sudo ifconfig lo0 alias ${ip} up`,
      );
    }
    if (code === "EADDRINUSE") {
      throw new Error(
        `${ip}:${port} is in use by a program outside of the platform; find it with: ss -ltnp sport = :${port}`,
      );
    }
    // Anything else, such as EACCES for port 22, may be granted to the command though not to the platform.
  }
}

function bindOnce(ip: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen({ host: ip, port }, () => probe.close(() => resolve(undefined)));
  });
}

/** Resolves when each port accepts a connection. Rejects after `limitMs`, naming the port, or on abort. */
export async function accepting(
  ip: string,
  ports: readonly number[],
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (const port of ports) {
    // Small steps at first, since most programs are there within 50 ms, then ever larger ones.
    for (let step = 5; !(await accepts(ip, port)); step = Math.min(step * 1.5, 100)) {
      if (Date.now() >= deadline) {
        throw new Error(`did not accept a connection on ${ip}:${port} within ${limitMs / 1000} s`);
      }
      await pause(step, undefined, { signal });
    }
  }
}

function accepts(ip: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port, timeout: 1000 });
    socket.once("connect", () => {
      resolve(true);
      // Taking leave in order, and reading what is said: a reset would be an error on the other side, and
      // there are programs that die of it.
      socket.unref().resume().end();
    });
    socket.once("timeout", () => socket.destroy());
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(false));
  });
}
