import { writeFileSync } from "node:fs";
import { extname } from "node:path";
import {
  changeLines,
  changeSigns,
  changeSummary,
  filledColumns,
  headline,
  natHeads,
  natRows,
  policyLines,
  type Report,
  readSource,
  type StackReport,
  showHtml,
  showMarkdown,
  showSvg,
  warnings,
} from "../report";
import { formatTable, printableLines } from "../table";
import { UsageError } from "./failure";
import { reportSources } from "./report-source";

/** The flags of `fairlead report`. */
export interface ReportOptions {
  readonly format?: string;
  /** File to write instead of stdout. */
  readonly out?: string;
  readonly title?: string;
  /** Folder of the synthesized stack that a plan or state belongs to. */
  readonly stack?: string;
}

const formats = ["text", "markdown", "html", "svg"] as const;
type Format = (typeof formats)[number];

const formatOf: Readonly<Record<string, Format>> = {
  ".txt": "text",
  ".md": "markdown",
  ".html": "html",
  ".htm": "html",
  ".svg": "svg",
};

/** Shows what stacks expose, and what a plan changes about it: on stdout, or in a file. */
export function report(named: readonly string[], options: ReportOptions): void {
  const format = chosen(options);
  const now = Date.now();
  const sources = reportSources(named.length === 0 ? ["."] : named, options.stack);
  const stacks = sources.map((source) => readSource(source, now));
  const text = shown({ stacks }, format, options.title, now);
  if (options.out === undefined) process.stdout.write(text);
  else writeFileSync(options.out, text);
}

function chosen({ format, out }: ReportOptions): Format {
  if (format === undefined)
    return (out === undefined ? undefined : formatOf[extname(out).toLowerCase()]) ?? "text";
  const found = formats.find((known) => known === format);
  if (found) return found;
  throw new UsageError(
    `--format is ${JSON.stringify(format)}, but it has to be one of ${formats.join(", ")}; without it the end of --out decides (.md, .html, .svg).`,
  );
}

function shown(all: Report, format: Format, given: string | undefined, now: number): string {
  const title = given ?? `Port forwards of ${all.stacks.map(({ name }) => name).join(", ")}`;
  if (format === "markdown") return showMarkdown(all);
  if (format === "svg") return `${showSvg(all, { title })}\n`;
  if (format === "text") return all.stacks.map(textOf).join("\n");
  const kinds = [...new Set(all.stacks.map(({ source }) => madeOf[source]))].join(" and ");
  return showHtml(all, {
    title,
    made: `Made by fairlead report of ${kinds}, ${new Date(now).toISOString().slice(0, 16).replace("T", " ")} UTC.`,
  });
}

const madeOf = {
  plan: "Terraform's plan",
  state: "Terraform's state",
  synthesized: "the synthesized stack",
} as const;

function textOf(stack: StackReport): string {
  const changes = changeSummary(stack);
  const rows = natRows(stack);
  const filled = filledColumns(rows);
  const lines = [
    ...(changes === undefined ? [] : [changes]),
    ...warnings(stack).map((text) => `! ${text}`),
    ...changeLines(stack).map(
      ({ change, noun, name, about }) =>
        `${changeSigns[change].sign} ${noun} ${name}${about === "" ? "" : `  (${about})`}`,
    ),
  ];
  const said = policyLines(stack).map(({ kind, at, rule, text }) => `${kind}: ${rule} at ${at}: ${text}`);
  const parts = [
    `${stack.name}: ${headline(stack)}`,
    lines.join("\n"),
    rows.length === 0
      ? ""
      : formatTable(
          filled.map((at) => natHeads[at]!),
          rows.map(({ cells }) => filled.map((at) => cells[at]!)),
          { width: process.stdout.columns, elastic: "DESCRIPTION" },
        ).trimEnd(),
    said.join("\n"),
  ];
  return `${printableLines(parts.filter((part) => part !== "").join("\n\n"))}\n`;
}
