import type { LogFields, Logger } from "../../lib/log";

/** A logger that gives each line, of every level, as text: the message, and the values of its fields. */
export function textLogger(take: (line: string) => void): Logger {
  const say = (message: string, fields: LogFields = {}) => {
    const values = Object.values(fields).filter((value) => value !== undefined);
    // Of a request only the facts: POST /v1/projects 201 ...
    take((message === "request" ? values : [message, ...values]).join(" "));
  };
  return { debug: say, info: say, warn: say, error: say };
}
