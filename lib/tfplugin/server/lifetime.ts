import { rmSync } from "node:fs";
import { constants } from "node:os";
import { errorText, log } from "./log";

/**
 * Decides when the process ends, which is when Terraform is done with it: on its Shutdown call, and when its
 * connection closes, so that nothing is left behind after a `kill -9` of Terraform.
 */
export function governLifetime(socketPath: string | undefined): void {
  // Ctrl-C reaches the whole process group. A provider that dies of it loses the object it is making;
  // Terraform asks for an end with StopProvider instead.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
  process.on("exit", () => {
    if (socketPath) rmSync(socketPath, { force: true });
  });
  // An error that nobody awaited must not take down calls that run beside it.
  process.on("uncaughtException", (error) => log("error", `Uncaught: ${errorText(error)}`));
  process.on("unhandledRejection", (error) => log("error", `Unhandled: ${errorText(error)}`));
}
