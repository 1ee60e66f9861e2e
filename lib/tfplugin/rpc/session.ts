import type { DataSource } from "../data-source";
import { type Diagnostic, DiagnosticError, type Diagnostics } from "../diagnostics";
import type { Provider } from "../provider";
import type { Resource } from "../resource";
import { errorText, log } from "../server/log";
import type { Message, Rpc } from "../wire/messages";

/** What one process knows: its provider and, once configured, the client. */
export class Session {
  /** What `configure` returned; undefined in processes that only validate. */
  client: unknown = undefined;
  readonly stopping = new AbortController();

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

  /**
   * Runs a function of the provider's author. What it throws becomes diagnostics, and the result is then undefined.
   * @param what the start of a message: "Creating demo_thing"
   */
  async attempt<T>(
    diagnostics: Diagnostics,
    what: string,
    run: () => T | Promise<T>,
  ): Promise<{ readonly value: T } | undefined> {
    try {
      return { value: await run() };
    } catch (error) {
      this.explain(error, what, diagnostics);
      return undefined;
    }
  }

  /** The stack goes to the log; the user gets words. */
  explain(error: unknown, what: string, diagnostics: Diagnostics): void {
    log("error", `${what} failed: ${errorText(error)}`);
    diagnostics.add(...this.wordsFor(error, what));
  }

  private wordsFor(error: unknown, what: string): readonly Diagnostic[] {
    if (error instanceof DiagnosticError) return error.diagnostics;
    const explained = this.explainByProvider(error);
    if (explained && explained.length > 0) return explained;
    if (this.signal.aborted && (error as Error | undefined)?.name === "AbortError") {
      return [{ severity: "error", summary: `${what} was cancelled` }];
    }
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
