type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/**
 * Writes one line for Terraform's log (`TF_LOG=INFO terraform plan`).
 * The form is hclog's JSON on stderr; anything on stdout would be taken for the handshake.
 */
export function log(
  level: LogLevel,
  message: string,
  fields: { readonly [key: string]: unknown } = {},
): void {
  // hclog reads times with exactly six digits after the point.
  const timestamp = new Date().toISOString().replace("Z", "000Z");
  const entry = {
    ...fields,
    "@level": level,
    "@message": message,
    "@module": "provider",
    "@timestamp": timestamp,
  };
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}

/** The text of an error for the log, with its stack. The user gets a diagnostic without it. */
export function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
