/** What a stack exposes, read from what Terraform and cdktf write, and shown to people: text, Markdown, HTML, a picture. Knows the contract only. */
export { type ReportSource, readSource, SourceError } from "./read/source";
export type { Report, StackReport } from "./report";
export { showHtml } from "./show/html";
export { showMarkdown } from "./show/markdown";
export { changeLines, changeSigns, changeSummary, headline, warnings } from "./show/phrases";
export { policyLines } from "./show/policy-lines";
export { filledColumns, type NatRow, natHeads, natRows } from "./show/rows";
export { showSvg } from "./show/svg";
