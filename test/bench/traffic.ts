import { setTimeout as pause } from "node:timers/promises";
import type { Platform } from "../../lib/contract";

/** Milliseconds on the way to a platform elsewhere. Without them each create would be over before the next one comes. */
const latency = 20;

/** What a platform was asked. */
export class Traffic {
  requests = 0;
  /** Requests that were answered with an error. */
  refused = 0;
  /** The most forwards that were being made at a time. */
  mostCreates = 0;
  private creates = 0;

  /** The same platform, watched. */
  through(platform: Platform): Platform {
    const { portForwards } = platform;
    const create: typeof portForwards.create = async (...call) => {
      this.mostCreates = Math.max(this.mostCreates, ++this.creates);
      try {
        await pause(latency);
        return await portForwards.create(...call);
      } finally {
        this.creates--;
      }
    };
    return { ...platform, portForwards: { ...portForwards, create } };
  }

  /** Takes a line of the server's log: method, path, status, time, id. */
  note(line: string): void {
    const status = Number(line.split(" ")[2]);
    if (!status) return;
    this.requests++;
    if (status >= 400) this.refused++;
  }
}
