import { setTimeout as sleep } from "node:timers/promises";
import { PlatformError } from "../contract";
import { type Cloud, CloudError } from "./cloud";
import { type NovaServer, readServer } from "./server";

/** Pauses between two looks at a server, in milliseconds: short at first, since many a change takes two seconds. */
const firstPauseMs = 250;
const longestPauseMs = 3_000;

/** How long a server may be busy with something else before a change of it is given up. */
const busyMs = 120_000;

/**
 * Looks at a server until it is as wanted; undefined when it is gone. A cancelled wait ends with the server as it is.
 */
export async function waitForServer(
  cloud: Cloud,
  id: string,
  isDone: (server: NovaServer) => boolean,
  signal?: AbortSignal,
): Promise<NovaServer | undefined> {
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.3, longestPauseMs)) {
    const server = await readServer(cloud, id);
    if (!server || isDone(server) || signal?.aborted) return server;
    await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {});
  }
}

/**
 * A signal that comes a while after another one: what is half done when nobody waits for it any more is an orphan or
 * stands in the way, so its end is worth some patience.
 */
export function patient(signal: AbortSignal | undefined, ms: number): AbortSignal | undefined {
  if (!signal) return undefined;
  const late = new AbortController();
  const begin = () => void setTimeout(() => late.abort(signal.reason), ms).unref();
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return late.signal;
}

/** @throws PlatformError `unreachable` when a wait was cancelled before its end: what OpenStack does meanwhile is not known */
export function guardWait({ name }: NovaServer, becoming: string, signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new PlatformError(
    "unreachable",
    `The instance ${name} was still being ${becoming} when the wait for it was cancelled; OpenStack goes on with it.`,
    { details: { reason: "cancelled" }, cause: signal.reason },
  );
}

/** Asks for a change of a server; where it is busy with another one, again and again for a while. */
export async function whenNotBusy<T>(
  cloud: Cloud,
  id: string,
  change: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const end = Date.now() + busyMs;
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!isBusy(error) || Date.now() > end || signal?.aborted) throw error;
      await waitForServer(cloud, id, (server) => server["OS-EXT-STS:task_state"] === null, signal);
      await sleep(firstPauseMs);
    }
  }
}

/** Why a server is in error, in Nova's words. */
export const faultOf = (server: NovaServer): string =>
  server.fault?.message.trim().replace(/([^.!?])$/, "$1.") ?? "Nova gives no reason.";

/** @throws PlatformError `instance_failed` */
export function failed(name: string, what: string, reason: string): PlatformError {
  return new PlatformError("instance_failed", `The instance ${name} ${what}: ${reason}`);
}

/**
 * Nova names the state that is in the way: one of a task passes, one of the server itself does not, but for the one
 * between the two steps of a resize.
 */
const isBusy = (error: unknown): boolean =>
  error instanceof CloudError &&
  error.status === 409 &&
  /task_state|vm_state resized|currently (being|in)/.test(error.message);
