import { rmSync } from "node:fs";
import { constants } from "node:os";
import { errorText, log } from "./log";

/** Terraform's last call. */
export const SHUTDOWN = "/plugin.GRPCController/Shutdown";

const parentLookMs = 1_000;
/** The answer to Shutdown goes out first. */
const farewellMs = 50;
/** How long the calls that Shutdown cuts off have to say what they know. */
const lastWordMs = 1_000;
/** Terraform waits two seconds after Shutdown before it kills a provider. */
const lingerMs = 1_500;

/**
 * Ends the process on Shutdown, or when Terraform's connection closes, at once unless that cuts calls off, which is
 * what a second Ctrl-C does. Then Terraform exits as soon as its providers have ended, and writes the state meanwhile,
 * into a file that it has emptied: a provider that ends too soon costs the user his whole state.
 */
export class Ending {
  private lingers = false;

  /**
   * @param unanswered how many calls are, that of Shutdown included
   * @param cutOff tells them that they have no more time
   */
  constructor(
    private readonly unanswered: () => number,
    private readonly cutOff: () => void,
  ) {}

  readonly shutDown = async (): Promise<Uint8Array> => {
    this.lingers = this.unanswered() > 1;
    if (this.lingers) {
      this.cutOff();
      const end = performance.now() + lastWordMs;
      while (this.unanswered() > 1 && performance.now() < end)
        await new Promise((look) => setTimeout(look, 10));
    }
    setTimeout(() => process.exit(0), this.lingers ? lingerMs : farewellMs);
    return new Uint8Array();
  };

  readonly connectionClosed = (): void => {
    if (!this.lingers) process.exit(0);
  };
}

/**
 * Decides when the process ends, which is when Terraform is done with it: on its Shutdown call, when its connection
 * closes, and when Terraform has died before there was a connection. So nothing is left behind after a `kill -9`.
 */
export function governLifetime(socketPath: string | undefined): void {
  // Ctrl-C reaches the whole process group. A provider that dies of it loses the object it is making;
  // Terraform asks for an end with StopProvider instead.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
  // Terraform that was killed before this line has no parent to miss, but nobody reads what is written either.
  process.stdout.on("error", () => process.exit(0));
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(0), parentLookMs).unref();
  process.on("exit", () => {
    if (socketPath) rmSync(socketPath, { force: true });
  });
  // An error that nobody awaited must not take down calls that run beside it.
  process.on("uncaughtException", (error) => log("error", `Uncaught: ${errorText(error)}`));
  process.on("unhandledRejection", (error) => log("error", `Unhandled: ${errorText(error)}`));
}
