import type { Diagnostic } from "./diagnostics";
import { attribute } from "./schema/attribute";
import { block } from "./schema/block";
import { duration, formatDuration, parseDuration } from "./schema/duration";
import type { Block } from "./schema/level";
import { type Fields, isFields } from "./value/type";

/** What may have a time limit. */
export type TimedOperation = "create" | "read" | "update" | "delete";

/** The time that each operation has unless the user's `timeouts` block says otherwise: `{ create: "10m" }`. */
export type Timeouts = { readonly [operation in TimedOperation]?: string };

/** The name of the block. It belongs to the framework: functions of the provider neither see nor return it. */
export const TIMEOUTS = "timeouts";

const DOING = { create: "Creating", read: "Reading", update: "Updating", delete: "Deleting" } as const;

/** How long one operation may take. */
export interface TimeLimit {
  readonly operation: TimedOperation;
  /** As the user or the provider wrote it. */
  readonly text: string;
  /** Whether the user wrote it. */
  readonly chosen: boolean;
}

/**
 * Why the `signal` of a call aborted: the operation took longer than its time limit.
 *
 * @example
 * if (signal.reason instanceof OperationTimeout) log("warn", `too slow to ${signal.reason.limit.operation}`);
 */
export class OperationTimeout extends Error {
  constructor(readonly limit: TimeLimit) {
    super(`The time limit of ${limit.text} is over.`);
    this.name = "TimeoutError";
  }
}

/** `timeouts { create = "20m" }`, with an attribute for each operation that has a limit. Throws on a bad default. */
export function timeoutsBlock(defaults: Timeouts): Block {
  const check = duration();
  const attributes = Object.entries(defaults).map(([operation, preset]) => {
    const problem = check(preset, { path: [TIMEOUTS, operation], diagnostics: undefined as never });
    if (problem) throw new Error(`resource: timeouts.${operation}: ${problem}`);
    const doing = DOING[operation as TimedOperation].toLowerCase();
    const description = `How long ${doing} may take, such as "90s" or "1h30m". Default: "${preset}".`;
    return [operation, attribute.string({ optional: true, description, validate: [check] })] as const;
  });
  return block.single({ attributes: Object.fromEntries(attributes) });
}

/** The limit of one operation; undefined where it has none. `object` is the plan or the state with the user's block. */
export function timeLimitOf(
  { timeouts }: { readonly timeouts?: Timeouts },
  operation: TimedOperation,
  object: Fields,
): TimeLimit | undefined {
  const preset = timeouts?.[operation];
  if (preset === undefined) return undefined;
  const written = object[TIMEOUTS];
  const chosen = isFields(written) ? written[operation] : undefined;
  return typeof chosen === "string"
    ? { operation, text: chosen, chosen: true }
    : { operation, text: preset, chosen: false };
}

/** The milliseconds of a limit. A text that cannot be read (validation has refused it) means none. */
export function millisecondsOf({ text }: TimeLimit): number {
  return parseDuration(text) ?? Number.POSITIVE_INFINITY;
}

/** The same object with the `timeouts` block that belongs there, whatever the provider's functions made of it. */
export function withTimeouts(
  resource: { readonly timeouts?: Timeouts },
  object: Fields,
  from: Fields,
): Fields {
  return resource.timeouts ? { ...object, [TIMEOUTS]: from[TIMEOUTS] ?? null } : object;
}

/** Which operation, how long it had, and how to give it more. */
export function timeoutDiagnostic(what: string, limit: TimeLimit): Diagnostic {
  const { operation, text, chosen } = limit;
  const longer = formatDuration(millisecondsOf(limit) * 2);
  const source = chosen ? "as its timeouts block says" : "which is the default";
  return {
    severity: "error",
    summary: `${what} took longer than ${text}`,
    detail:
      `The ${operation} had ${text}, ${source}, and was stopped. What it had begun may still be going on.\n\n` +
      `To give it more time, write into the resource:\n\n  timeouts {\n    ${operation} = "${longer}"\n  }`,
    ...(chosen ? { path: [TIMEOUTS, operation] } : {}),
  };
}
