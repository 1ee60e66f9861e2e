import type { DataSource } from "../data-source";
import { type Diagnostic, DiagnosticError, type Diagnostics } from "../diagnostics";
import type { ProviderFunction } from "../function";
import type { Provider } from "../provider";
import type { Resource } from "../resource";
import { errorText, log } from "../server/log";
import { OperationTimeout, type TimeLimit, timeoutDiagnostic } from "../timeouts";
import type { Message, Rpc } from "../wire/messages";

import { startDeadline } from "./deadline";

/** What one process knows: its provider and, once configured, the client. */
export class Session {
  /** What `configure` returned; undefined in processes that only validate. */
  client: unknown = undefined;
  readonly stopping = new AbortController();
  /** Aborts when Terraform leaves without waiting for what is under way. */
  readonly leaving = new AbortController();

  constructor(readonly provider: Provider) {}

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  resource(typeName: string | undefined): Resource {
    return find(this.provider.resources, typeName, "resource type") as Resource;
  }

  dataSource(typeName: string | undefined): DataSource {
    return find(this.provider.dataSources, typeName, "data source") as DataSource;
  }

  function(name: string): ProviderFunction {
    return find(this.provider.functions, name, "function");
  }

  /**
   * Runs a function of the provider's author. What it throws becomes diagnostics, and the result is then undefined.
   * @param what the start of a message: "Creating demo_thing"
   * @param limit when the signal aborts, if not only on Ctrl-C
   */
  async attempt<T>(
    diagnostics: Diagnostics,
    what: string,
    run: (signal: AbortSignal) => T | Promise<T>,
    limit?: TimeLimit,
  ): Promise<{ readonly value: T } | undefined> {
    const deadline = limit && startDeadline(this.signal, limit);
    const signal = deadline?.signal ?? this.signal;
    try {
      return { value: await run(signal) };
    } catch (error) {
      this.explain(error, what, diagnostics, signal);
      return undefined;
    } finally {
      deadline?.end();
    }
  }

  /** The stack goes to the log; the user gets words. */
  explain(error: unknown, what: string, diagnostics: Diagnostics, signal = this.signal): void {
    log("error", `${what} failed: ${errorText(error)}`);
    const stopped = isAbort(error, signal);
    if (signal.reason instanceof OperationTimeout)
      diagnostics.add(timeoutDiagnostic(what, signal.reason.limit));
    else if (stopped) diagnostics.error(`${what} was cancelled`);
    // Another error is worth telling beside a timeout: it may say why it was slow.
    if (!stopped) diagnostics.add(...this.wordsFor(error, what));
  }

  private wordsFor(error: unknown, what: string): readonly Diagnostic[] {
    if (error instanceof DiagnosticError) return error.diagnostics;
    const explained = this.explainByProvider(error);
    if (explained && explained.length > 0) return explained;
    return [{ severity: "error", summary: `${what} failed`, detail: messages(error).join("\n") }];
  }

  private explainByProvider(error: unknown) {
    try {
      return this.provider.explain?.(error);
    } catch (broken) {
      log("error", `The provider's explain failed: ${errorText(broken)}`);
      return undefined;
    }
  }
}

const ABORTS = new Set(["AbortError", "TimeoutError", "CanceledError"]);

/** Whether an error, or what caused it, says no more than that the signal has aborted. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted || typeof error !== "object" || error === null) return false;
  const { name = "", cause } = error as { readonly name?: string; readonly cause?: unknown };
  return error === signal.reason || ABORTS.has(name) || isAbort(cause, signal);
}

/** The messages of an error and its causes: the last one often is the reason. */
function messages(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  return [error.message, ...(error.cause === undefined ? [] : messages(error.cause))].filter(Boolean);
}

function find<T>(items: { readonly [name: string]: T } | undefined, name = "", kind: string): T {
  const item = items && Object.hasOwn(items, name) ? items[name] : undefined;
  if (!item) throw new Error(`This provider has no ${kind} "${name}".`);
  return item;
}

/** Answers one RPC. */
export type Handler<R extends Rpc> = (
  session: Session,
  request: Message<`${R}.Request`>,
) => Message<`${R}.Response`> | Promise<Message<`${R}.Response`>>;
