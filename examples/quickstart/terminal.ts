import { styleText } from "node:util";

/** What the quickstart writes: in colour and alive on a terminal, plain elsewhere. */

const isTerminal = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const paint = (style: Parameters<typeof styleText>[0], text: string) =>
  isTerminal ? styleText(style, text) : text;

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Writes a line. */
export const say = (text = ""): void => void process.stdout.write(`${text}\n`);

export const bold = (text: string): string => paint("bold", text);

/** Runs a step: says what is done, then what came of it and how long it took. */
export async function step<T>(doing: string, run: () => Promise<T>, done: (result: T) => string): Promise<T> {
  const began = performance.now();
  const show = (sign: string, text: string) => `  ${sign} ${text}  ${paint("dim", seconds(began))}`;
  const timer = isTerminal
    ? setInterval(() => process.stdout.write(`\r\u001b[2K${show(paint("cyan", "…"), doing)}`), 100)
    : undefined;
  if (!isTerminal) process.stdout.write(`  ... ${doing}\n`);
  const end = (line: string) => {
    clearInterval(timer);
    process.stdout.write(`${isTerminal ? "\r\u001b[2K" : ""}${line}\n`);
  };
  try {
    const result = await run();
    end(show(paint("green", isTerminal ? "✔" : "ok "), done(result)));
    return result;
  } catch (error) {
    end(show(paint("red", isTerminal ? "✘" : "failed:"), doing));
    throw error;
  }
}

/** Columns as wide as their widest cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ")}`.trimEnd();
  say();
  say(bold(line(header)));
  for (const row of rows) say(line(row));
  say();
}
