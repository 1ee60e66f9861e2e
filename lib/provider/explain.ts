import { SettingsError } from "../connect";
import { PlatformError, stepsOfPointer } from "../contract";
import type { Diagnostic } from "../tfplugin";
import { attributeName } from "./name";

/** The errors of the platform and of the settings as diagnostics: the one place that words them for Terraform. */
export function explain(error: unknown): Diagnostic[] | undefined {
  if (error instanceof SettingsError) {
    // Only an argument that was written has a line to point at.
    const path = error.source === "argument" ? { path: error.setting } : {};
    return [{ severity: "error", summary: "Provider not configured", detail: error.message, ...path }];
  }
  if (!(error instanceof PlatformError)) return undefined;
  const { title, message, hint, code, requestId, field } = error;
  const origin = requestId === undefined ? `Code: ${code}.` : `Code: ${code}. Request: ${requestId}.`;
  const [first, ...rest] = stepsOfPointer(field ?? "");
  return [
    {
      severity: "error",
      summary: title,
      detail: `${message}\n\n${hint}\n\n${origin}`,
      ...(first
        ? { path: [attributeName(first), ...rest.map((step) => (/^\d+$/.test(step) ? Number(step) : step))] }
        : {}),
    },
  ];
}
