import { type Path, pathToMessage } from "./schema/path";
import type { ObjectType } from "./value/type";
import type { Message } from "./wire/messages";

/** One message for the user. Good ones say what was given, what is allowed, and what to do next. */
export interface Diagnostic {
  /** An error stops the operation; a warning is shown and the operation goes on. */
  readonly severity: "error" | "warning";
  /** One line without a full stop: what is wrong. */
  readonly summary: string;
  /** Sentences: why, and what to do next. Default: none. */
  readonly detail?: string;
  /** The attribute at fault; Terraform then quotes its line of the configuration. Default: the whole block. */
  readonly path?: Path;
}

/**
 * Collects what a function has to tell the user. A function may report several errors and go on.
 *
 * @example
 * if (config.port === 0) diagnostics.error("Invalid port", "Ports are 1 to 65535.", "port");
 */
export class Diagnostics {
  /** What was reported so far, in order. */
  readonly list: Diagnostic[] = [];

  /** Reports an error: the operation fails, but the function goes on. */
  error(summary: string, detail?: string, path?: Path): void {
    this.list.push({ severity: "error", summary, detail, path });
  }

  /** Reports a warning. */
  warning(summary: string, detail?: string, path?: Path): void {
    this.list.push({ severity: "warning", summary, detail, path });
  }

  /** Reports ready-made diagnostics. */
  add(...diagnostics: readonly Diagnostic[]): void {
    this.list.push(...diagnostics);
  }

  /** Whether an error was reported. */
  get hasErrors(): boolean {
    return this.list.some((diagnostic) => diagnostic.severity === "error");
  }
}

/**
 * An error that carries diagnostics: throw it to stop at once, with a path.
 *
 * @example
 * throw new DiagnosticError({ severity: "error", summary: "Name taken", path: "name" });
 */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(...diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.summary).join("; "));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
  }
}

const ERROR = 1;
const WARNING = 2;

/** Diagnostics on the wire. Paths need the object's type, to tell attributes from map keys. */
export function diagnosticsToMessage(
  diagnostics: readonly Diagnostic[],
  type: ObjectType = ["object", {}],
): Message<"Diagnostic">[] {
  return diagnostics.map(({ severity, summary, detail, path }) => ({
    severity: severity === "error" ? ERROR : WARNING,
    summary,
    detail: detail ?? "",
    attribute: path === undefined ? undefined : pathToMessage(path, type),
  }));
}
