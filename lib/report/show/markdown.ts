import { exposureNames } from "../exposure";
import type { Report, StackReport } from "../report";
import { asCode, forMarkdown } from "./escape";
import { changeLines, changeSigns, changeSummary, headline, warnings } from "./phrases";
import { policyLines } from "./policy-lines";
import { codeHeads, filledColumns, natHeads, natRows, sentenceCase } from "./rows";

/** What a comment on GitHub may have is 65,536 characters; the rest is for what a pipeline writes around it. */
const most = 60_000;

const marks = { sensitive: "🔴", everyone: "🟠", unknown: "🟣", limited: "🔵", closed: "⚪" } as const;

/** The report as a pull-request comment: first what matters, then what changes; the full table is folded. */
export function showMarkdown({ stacks }: Report): string {
  const room = Math.floor(most / Math.max(1, stacks.length));
  return `${stacks.map((stack) => section(stack, room)).join("\n\n")}\n`;
}

function section(stack: StackReport, room: number): string {
  const changes = changeSummary(stack);
  const head = [
    `### Port forwards of ${asCode(stack.name)}`,
    "",
    changes === undefined
      ? forMarkdown(headline(stack))
      : `**${forMarkdown(changes)}** Then: ${forMarkdown(headline(stack))}`,
  ];
  const warned = limited(
    warnings(stack).map((line) => `> ${forMarkdown(line)}`),
    room / 6,
    "> ",
  );
  if (warned.length > 0) head.push("", "> [!WARNING]", ...joinedBy(warned, ">"));
  const parts = [head.join("\n")];
  const left = () => room - parts.reduce((sum, part) => sum + part.length + 2, 0);
  const lines = changeLines(stack).map(({ change, noun, name, about }) => {
    const text = about === "" ? "" : `: ${forMarkdown(about)}`;
    return `- ${changeSigns[change].word} ${noun} ${asCode(name)}${text}`;
  });
  if (lines.length > 0) {
    const shown = limited(lines, left() / 2, "- ").join("\n");
    parts.push(lines.length > 12 ? folded(`What changes (${lines.length})`, shown) : shown);
  }
  const said = policyLines(stack).map(
    ({ kind, at, rule, text }) => `- ${kind}: ${asCode(rule)} at ${asCode(at)}: ${forMarkdown(text)}`,
  );
  if (said.length > 0)
    parts.push(
      folded(`What the exposure policy says (${said.length})`, limited(said, left() / 3, "- ").join("\n")),
    );
  const rows = natRows(stack);
  if (rows.length > 0)
    parts.push(
      folded(rows.length === 1 ? "The forward" : `All ${rows.length} forwards`, table(stack, left() - 200)),
    );
  return parts.join("\n\n");
}

/** GitHub reads neighbouring lines of a quote as one paragraph. */
const joinedBy = (lines: readonly string[], between: string): string[] =>
  lines.flatMap((line, at) => (at === 0 ? [line] : [between, line]));

const folded = (summary: string, content: string): string =>
  `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;

function table(stack: StackReport, room: number): string {
  const rows = natRows(stack);
  const columns = filledColumns(rows);
  const head = ["", ...columns.map((at) => sentenceCase(natHeads[at]!))];
  const lines = rows.map(({ forward, cells }) => {
    const shown = columns.map((at) =>
      codeHeads.has(natHeads[at]!) ? asCode(cells[at]!) : forMarkdown(cells[at]!),
    );
    return `| ${[marks[forward.exposure], ...shown].join(" | ")} |`;
  });
  const kept = limited(lines, room, "");
  const cut = kept.length > 0 && kept.at(-1) !== lines.at(-1);
  const legend = [...new Set(rows.map(({ forward }) => forward.exposure))].map(
    (exposure) => `${marks[exposure]} ${exposureNames[exposure]}`,
  );
  return [
    `| ${head.join(" | ")} |`,
    `|${" --- |".repeat(head.length)}`,
    ...(cut ? kept.slice(0, -1) : kept),
    ...(cut ? ["", kept.at(-1)!] : []),
    "",
    legend.join(" · "),
  ].join("\n");
}

/** As many lines as there is room for, and how many there are besides. */
function limited(lines: readonly string[], room: number, start: string): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const line of lines) {
    used += line.length + 1;
    if (used > room) {
      return [...kept, `${start}and ${lines.length - kept.length} more; the HTML report has all of them`];
    }
    kept.push(line);
  }
  return kept;
}
