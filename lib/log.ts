/** How much a line matters: `debug` is of interest only while something is looked for, `error` wants somebody to act. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a line says for programs, by name: `{ requestId: "..." }`. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Where a running platform tells its operator what happens: by how much it matters, what, and the facts of it. None
 * of it throws or waits.
 */
export type Logger = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

const nothing = (): void => {};

/** A logger that nobody reads. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
