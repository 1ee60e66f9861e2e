import { SettingsError } from "../connect";
import { PlatformError, stepsOfPointer } from "../contract";
import type { Diagnostic } from "../tfplugin";
import { importBlock } from "./import-block";
import { attributeName } from "./name";
import { resourceTypes } from "./shape";

/** The errors of the platform and of the settings as diagnostics: the one place that words them for Terraform. */
export function explain(error: unknown): Diagnostic[] | undefined {
  if (error instanceof SettingsError) {
    // Only an argument that was written has a line to point at.
    const path = error.source === "argument" ? { path: attributeName(error.setting) } : {};
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
      detail: [message, hint, takeOver(error), origin].filter(Boolean).join("\n\n"),
      ...(first
        ? { path: [attributeName(first), ...rest.map((step) => (/^\d+$/.test(step) ? Number(step) : step))] }
        : {}),
    },
  ];
}

const takenCodes = new Set<string>(["project_name_taken", "external_port_taken", "internal_port_taken"]);

/** What stands in the way of a create may be what the user wants to have under this code. */
function takeOver({ code, details }: PlatformError): string | undefined {
  if (!takenCodes.has(code) || details?.id === undefined) return undefined;
  const holder = details as { key?: string; projectName: string; ownershipId: string | null };
  const type = code === "project_name_taken" ? resourceTypes.projects : resourceTypes.portForwards;
  const { block, note } = importBlock(type, holder.key ?? holder.projectName);
  const mark = holder.ownershipId
    ? `bears the ownership mark ${holder.ownershipId}`
    : "bears no ownership mark";
  return `What exists ${mark}. To bring it under this code, ${note}:\n\n${block}`;
}
