import { exposureNames } from "../exposure";
import { type Report, remains, type StackReport } from "../report";
import { forMarkup } from "./escape";
import { pageStyle } from "./page-style";
import {
  changeLines,
  changeSigns,
  changeSummary,
  counted,
  exposureCounts,
  headline,
  warnings,
} from "./phrases";
import { policyLines } from "./policy-lines";
import { codeHeads, filledColumns, natHeads, natRows, sentenceCase } from "./rows";
import { showSvg } from "./svg";

/** How a page is made. */
export interface PageOptions {
  readonly title: string;
  /** When and of what it was made, for its foot. */
  readonly made: string;
}

/** The report as one page, for a browser, a wall or paper: it loads nothing, and runs nothing. */
export function showHtml(report: Report, { title, made }: PageOptions): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${forMarkup(title)}</title>
<style>${pageStyle()}</style>
</head>
<body>
<header>
<h1>${forMarkup(title)}</h1>
${tiles(report)}
</header>
<main>
${report.stacks.map(verdict).join("\n")}
<figure class="picture" tabindex="0" aria-label="Picture; scrolls where it is wider than the window">
${showSvg(report, { title, drawTitle: false })}
<figcaption>What reaches what. All of it is in the table below, too.</figcaption>
</figure>
${report.stacks.map((stack) => details(stack, report.stacks.length > 1)).join("\n")}
</main>
<footer>${forMarkup(made)}</footer>
</body>
</html>
`;
}

function tiles({ stacks }: Report): string {
  const all = exposureCounts(stacks);
  const total = all.reduce((sum, { count }) => sum + count, 0);
  const items = [
    `<li><b>${total}</b> forward${total === 1 ? "" : "s"}</li>`,
    ...all.map(
      ({ exposure, count }) =>
        `<li class="${exposure}"><b>${count}</b> ${forMarkup(exposureNames[exposure])}</li>`,
    ),
  ];
  return `<ul class="tiles">${items.join("")}</ul>`;
}

/** What a stack's report says first. */
function verdict(stack: StackReport): string {
  const changes = changeSummary(stack);
  const warned = warnings(stack).map((text) => `<li>${forMarkup(text)}</li>`);
  return [
    `<p class="verdict"><b>${forMarkup(stack.name)}</b>: ${changes === undefined ? "" : `${forMarkup(changes)} Then: `}${forMarkup(headline(stack))}</p>`,
    warned.length === 0 ? "" : `<ul class="warnings" role="note">${warned.join("")}</ul>`,
  ].join("\n");
}

function details(stack: StackReport, several: boolean): string {
  const of = several ? ` of ${stack.name}` : "";
  return [changesOf(stack, of), policyOf(stack, of), tableOf(stack, of)]
    .filter((part) => part !== "")
    .join("\n");
}

function changesOf(stack: StackReport, of: string): string {
  const items = changeLines(stack).map(({ change, noun, name, about }) => {
    const { sign, word } = changeSigns[change];
    return `<li><span class="sign" aria-hidden="true">${sign}</span><span>${word} ${noun} <code>${forMarkup(name)}</code>${about === "" ? "" : `<br><small>${forMarkup(about)}</small>`}</span></li>`;
  });
  if (items.length === 0) return "";
  return `<section><h2>${forMarkup(`What changes${of}`)}</h2>\n<ul class="changes">${items.join("\n")}</ul></section>`;
}

function policyOf(stack: StackReport, of: string): string {
  const rows = policyLines(stack).map(
    ({ kind, at, rule, text }) =>
      `<tr><td>${kind}</td><td><code>${forMarkup(rule)}</code></td><td><code>${forMarkup(at)}</code></td><td>${forMarkup(text)}</td></tr>`,
  );
  if (rows.length === 0) return "";
  const head = ["", "Rule", "Construct", "What, and why"]
    .map((text) => `<th scope="col">${text}</th>`)
    .join("");
  return `<section><h2>${forMarkup(`What the exposure policy says${of}`)}</h2>\n<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div></section>`;
}

function tableOf(stack: StackReport, of: string): string {
  const rows = natRows(stack);
  if (rows.length === 0) return "";
  const columns = filledColumns(rows);
  const head = columns.map(
    (at) => `<th scope="col">${natHeads[at] === "" ? "Change" : sentenceCase(natHeads[at]!)}</th>`,
  );
  const body = rows.map(({ forward, cells }) => {
    const { sign, word } = changeSigns[forward.change];
    const shown = columns.map((at) => {
      if (at === 0) return `<td>${sign === "" ? "" : `${sign} ${word}`}</td>`;
      const text = forMarkup(cells[at]!);
      return `<td>${codeHeads.has(natHeads[at]!) && text !== "" ? `<code>${text}</code>` : text}</td>`;
    });
    const gone = remains(forward) ? "" : ' class="gone"';
    return `<tr${gone}><td><span class="dot ${forward.exposure}"></span>${forMarkup(exposureNames[forward.exposure])}</td>${shown.join("")}</tr>`;
  });
  const caption = `${counted(rows.length, "forward")}, by project, instance and port`;
  return `<section><h2>${forMarkup(`NAT table${of}`)}</h2>\n<div class="scroll" tabindex="0" role="region" aria-label="NAT table"><table><caption>${caption}</caption><thead><tr><th scope="col">Exposure</th>${head.join("")}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table></div></section>`;
}
