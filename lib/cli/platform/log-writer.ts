import type { LogFields, Logger, LogLevel } from "../../log";
import type { Redaction } from "./redaction";

/** Least important first. */
export const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

/** `json` for programs, an object a line; `text` for people. */
export const logFormats = ["text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

/** How a log is written. */
export interface LogWriterOptions {
  readonly format: LogFormat;
  /** What matters less is left out. */
  readonly level: LogLevel;
  /** What must not be in it. */
  readonly redaction: Redaction;
  /** Takes whole lines, line end included. */
  readonly write: (text: string) => void;
}

/** A logger that writes a line for each call, with time and level, and no secret. */
export function logWriter({ format, level: least, redaction, write }: LogWriterOptions): Logger {
  const lineOf = format === "json" ? jsonLine : textLine;
  const say = (level: LogLevel) =>
    logLevels.indexOf(level) < logLevels.indexOf(least)
      ? () => {}
      : (message: string, fields: LogFields = {}) => {
          const shown = Object.entries(fields).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, redaction.field(name, value)] as const],
          );
          write(`${lineOf(new Date().toISOString(), level, redaction.text(message), shown)}\n`);
        };
  return { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
}

type ShownFields = readonly (readonly [name: string, value: unknown])[];

const jsonLine = (time: string, level: LogLevel, message: string, fields: ShownFields): string =>
  JSON.stringify({ time, level, message, ...Object.fromEntries(fields) });

function textLine(time: string, level: LogLevel, message: string, fields: ShownFields): string {
  const pairs = fields.map(([name, value]) => ` ${name}=${textValue(value)}`);
  return `${time} ${level.padEnd(5)} ${oneEntry(message)}${pairs.join("")}`;
}

function textValue(value: unknown): string {
  return typeof value === "string" && !/^[\w./:@+-]+$/.test(value) ? JSON.stringify(value) : String(value);
}

/** What goes on in further lines is indented, so that no message can look like an entry of its own. */
function oneEntry(message: string): string {
  return message
    .replace(/\r?\n/g, "\n    ")
    .replace(/[\p{Cc}\u2028\u2029]/gu, (sign) =>
      sign === "\n" ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
