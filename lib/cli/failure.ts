import { PlatformError } from "../contract";
import { printableLines } from "../table";

/** A mistake of the user or of the surroundings, said in full; anything else is a mistake of ours. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const expected = new Set([
  "UsageError",
  "PlatformError",
  "SettingsError",
  "CertificateError",
  "ConfigError",
  "FolderError",
  "SourceError",
  "SqliteMissing",
  "TerraformMissing",
]);

/** Says what is wrong and what to do next, without a stack trace, and ends with exit code 1. */
export function fail(error: unknown): never {
  const known = error instanceof Error && (expected.has(error.name) || "code" in error);
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`fairlead: ${printableLines(message)}\n`);
  if (error instanceof PlatformError) {
    const origin = error.requestId === undefined ? "" : `, request ${error.requestId}`;
    process.stderr.write(`${error.hint} (${error.code}${origin})\n`);
  } else if (!known) {
    process.stderr.write(
      "This is a mistake of fairlead; please report it. FAIRLEAD_DEBUG=1 shows where it happened.\n",
    );
  }
  if (process.env.FAIRLEAD_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
