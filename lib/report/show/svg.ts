import { type Exposure, exposureNames } from "../exposure";
import { layOut, measures } from "../picture/layout";
import { pictureStyle } from "../picture/palette";
import { drawProject } from "../picture/project";
import { element, line, widthOf } from "../picture/svg-text";
import type { Report } from "../report";
import { forMarkup } from "./escape";
import { changeSummary, exposureCounts, headline } from "./phrases";

/** How a picture is embedded. */
export interface PictureOptions {
  /** Title above it, and what a screen reader says. */
  readonly title: string;
  /** Whether the title is drawn, too; a page has its own. */
  readonly drawTitle?: boolean;
}

/** The picture: the internet, external ports, projects, instances, coloured by exposure. No other file is needed. */
export function showSvg(report: Report, { title, drawTitle = true }: PictureOptions): string {
  const { margin } = measures;
  const legendTop = drawTitle ? 72 : 22;
  // The legend breaks where the picture ends, and how wide that is depends on what is below it.
  const narrow = layOut(report, 0).width - 2 * margin;
  const legend = legendRows(report, narrow);
  const internetY = legendTop + legend.length * 24 + 4;
  const layout = layOut(report, internetY + 54);
  const { width, height, columns, rowHeight } = layout;
  const parts = [
    element("rect", { class: "fl-paper", width, height }),
    ...(drawTitle
      ? [
          line(title, margin, 26, { size: 20, style: "fl-ink fl-strong", room: width - 2 * margin }),
          line(subtitle(report), margin, 48, { size: 12, style: "fl-faint", room: width - 2 * margin }),
        ]
      : []),
    ...legend.flatMap((row, at) =>
      row.map(({ exposure, count, x }) => key(exposure, count, x, legendTop + at * 24)),
    ),
    element("rect", {
      class: "fl-internet",
      x: margin,
      y: internetY,
      width: width - 2 * margin,
      height: 28,
      rx: 6,
    }),
    line("Internet", margin + 14, internetY + 14, { size: 13, style: "fl-on-internet fl-strong" }),
    ...columns.flatMap(({ x }) => heads(x, internetY + 14)),
    ...columns.map(({ x, projects }) => {
      const rows = projects.flatMap(({ instances }) => instances.flatMap(({ rows: own }) => own));
      const end = rows.at(-1)?.y;
      const trunk =
        end === undefined
          ? ""
          : element("path", { class: "fl-trunk", d: `M${x + measures.trunk} ${internetY + 28}V${end}` });
      return trunk + projects.map((project) => drawProject(project, x, rowHeight)).join("");
    }),
  ];
  const description = report.stacks.map((stack) => `${stack.name}: ${headline(stack)}`).join(" ");
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      width,
      height: Math.ceil(height),
      role: "img",
      "aria-label": `${title}. ${description}`,
    },
    [
      element("title", {}, forMarkup(title)),
      element("desc", {}, forMarkup(description)),
      element("style", {}, pictureStyle()),
      ...parts,
    ].join("\n"),
  );
}

/** What stands in a column, said once at its top. */
function heads(x: number, y: number): string[] {
  const style = { size: 11, style: "fl-on-internet" };
  return [
    line("external port", x + measures.chip, y, style),
    line("project, instance", x + measures.project, y, style),
  ];
}

function subtitle({ stacks }: Report): string {
  return stacks
    .map((stack) => {
      const made = { plan: "as planned", state: "as it is", synthesized: "as written" }[stack.source];
      const changes = changeSummary(stack);
      return `${stack.name}, ${made}${changes === undefined ? "" : `: ${changes.replace(/\.$/, "")}`}`;
    })
    .join("; ");
}

interface Key {
  readonly exposure: Exposure;
  readonly count: number;
  readonly x: number;
}

/** The keys that fit beside each other, row by row. */
function legendRows({ stacks }: Report, room: number): Key[][] {
  const rows: Key[][] = [[]];
  let x = measures.margin;
  for (const { exposure, count } of exposureCounts(stacks)) {
    const width = 44 + widthOf(keyText(exposure, count), 12) + 24;
    if (x + width > measures.margin + room && rows.at(-1)!.length > 0) {
      rows.push([]);
      x = measures.margin;
    }
    rows.at(-1)!.push({ exposure, count, x });
    x += width;
  }
  return rows;
}

const keyText = (exposure: Exposure, count: number): string => `${count} ${exposureNames[exposure]}`;

function key(exposure: Exposure, count: number, x: number, y: number): string {
  return [
    element("path", { class: `fl-wire fl-wire-${exposure}`, d: `M${x} ${y}h16` }),
    element("rect", { class: `fl-chip-${exposure}`, x: x + 16, y: y - 7, width: 20, height: 14, rx: 4 }),
    line(keyText(exposure, count), x + 44, y, { size: 12, style: "fl-ink" }),
  ].join("");
}
