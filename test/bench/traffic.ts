import { setTimeout as pause } from "node:timers/promises";
import type { Platform } from "../../lib/contract";
import type { LogFields, Logger } from "../../lib/log";

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

  private readonly note = (message: string, { status }: LogFields = {}): void => {
    if (message !== "request") return;
    this.requests++;
    if (Number(status) >= 400) this.refused++;
  };
  /** Counts the requests that the server tells of. */
  readonly log: Logger = { debug: this.note, info: this.note, warn: this.note, error: this.note };
}
