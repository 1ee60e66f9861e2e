import type { Logger } from "../log";

/** Something that is to be done now and then. */
export interface Chore {
  readonly everyMs: number;
  run(): void;
}

/** Does chores from time to time, and once more when they are stopped. What fails is logged and done the next time. */
export function startChores(chores: readonly Chore[], log: Logger): { stop(): void } {
  const attempt = ({ run }: Chore) => {
    try {
      run();
    } catch (error) {
      log.warn("could not be written, it will be with the next ones", { cause: (error as Error).message });
    }
  };
  for (const chore of chores) attempt(chore);
  const timers = chores.map((chore) => setInterval(() => attempt(chore), chore.everyMs).unref());
  return {
    stop: () => {
      for (const timer of timers) clearInterval(timer);
      for (const chore of chores) attempt(chore);
    },
  };
}
