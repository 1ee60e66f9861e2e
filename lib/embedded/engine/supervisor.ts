import { setTimeout as pause } from "node:timers/promises";
import type { MachineState } from "./machine";
import { cutShort, type Run, type RunPlan, run } from "./run";

/** Keeps one machine running from `start` to `stop`. */
export class Supervisor {
  #plan: RunPlan;
  readonly #report: (state: MachineState) => void;
  readonly #stopping = new AbortController();
  #run: Run | undefined;
  #watch: Promise<void> = Promise.resolve();
  /** Those who asked for the machine while it was down; the next attempt answers them. */
  #waiting: { resolve(): void; reject(cause: Error): void }[] = [];
  #wake = new AbortController();

  /** `report` hears of what happens by itself: deaths, failed restarts, recoveries; nothing after `cut`. */
  constructor(plan: RunPlan, report: (state: MachineState) => void) {
    this.#plan = plan;
    this.#report = report;
  }

  /** What this keeps running; another one is what the next restart starts. */
  get machine(): RunPlan["machine"] {
    return this.#plan.machine;
  }

  set machine(machine: RunPlan["machine"]) {
    this.#plan = { ...this.#plan, machine };
  }

  /** Starts the machine; once that has worked, it is restarted whenever it ends. */
  async start(): Promise<void> {
    this.#run = await run(this.#plan, this.#stopping.signal);
    this.#watch = this.#keep(this.#run).finally(() => this.#answer((one) => one.reject(new Error(cutShort))));
    // `stop` passes a failure on; until it is called, nobody else listens.
    this.#watch.catch(() => undefined);
  }

  /** Resolves when the machine runs; restarts it at once when it waits for that. Rejects when that fails. */
  async ensure(): Promise<void> {
    if (this.#stopping.signal.aborted) throw new Error(cutShort);
    if (this.#run) return;
    this.#wake.abort();
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Cuts a start or restart short and ends all reports; `stop` still has to be called. */
  cut(): void {
    this.#stopping.abort();
    this.#wake.abort();
  }

  /** Ends the machine for good; resolves when nothing of it is alive and its log is written. */
  async stop(): Promise<void> {
    this.cut();
    await this.#run?.end(this.#plan.limits.graceMs);
    await this.#watch;
    await new Promise<void>((resolve) => this.#plan.log.end(resolve));
  }

  async #keep(first: Run): Promise<void> {
    const { firstRestartMs, longestRestartMs, steadyMs } = this.#plan.limits;
    let current = first;
    let delay = firstRestartMs;
    while (true) {
      let cause = await current.ended;
      if (this.#stopping.signal.aborted) return;
      this.#run = undefined;
      if (Date.now() - current.startedAt >= steadyMs) delay = firstRestartMs;

      let next: Run | undefined;
      while (!next) {
        this.#wake = new AbortController();
        this.#report({ status: "error", cause: `${cause}; restarting in ${delay / 1000} s` });
        // What the command started may hold its ports, and nobody is left to end it in order.
        await current.end(0).catch(() => undefined);
        await pause(delay, undefined, { signal: this.#wake.signal }).catch(() => undefined);
        delay = Math.min(delay * 2, longestRestartMs);
        try {
          next = await run(this.#plan, this.#stopping.signal);
        } catch (error) {
          cause = error instanceof Error ? error.message : String(error);
          this.#answer((one) => one.reject(new Error(cause)));
        }
        if (this.#stopping.signal.aborted) {
          await next?.end(this.#plan.limits.graceMs);
          return;
        }
      }
      current = next;
      this.#run = next;
      this.#report({ status: "active" });
      this.#answer((one) => one.resolve());
    }
  }

  #answer(how: (one: { resolve(): void; reject(cause: Error): void }) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach(how);
  }
}
