import { rmSync } from "node:fs";
import { constants } from "node:os";
import { errorText, log } from "./log";

const parentLookMs = 1_000;

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
