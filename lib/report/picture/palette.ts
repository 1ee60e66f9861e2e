import type { Exposure } from "../exposure";

/** The colours of one exposure: of lines and text, of the field behind a text, and of the text in a filled field. */
interface Colours {
  readonly line: string;
  readonly field: string;
  readonly text: string;
}

/** All colours of a report, by light and by dark surroundings. Text on each field has a contrast of 4.5 or more. */
export interface Palette {
  readonly paper: string;
  readonly panel: string;
  readonly box: string;
  readonly ink: string;
  readonly faint: string;
  readonly rule: string;
  readonly internet: string;
  readonly internetText: string;
  readonly exposures: Readonly<Record<Exposure, Colours>>;
}

export const light: Palette = {
  paper: "#ffffff",
  panel: "#f4f6f8",
  box: "#ffffff",
  ink: "#1b2129",
  faint: "#566270",
  rule: "#c9d1d9",
  internet: "#2b3440",
  internetText: "#ffffff",
  exposures: {
    sensitive: { line: "#b3261e", field: "#b3261e", text: "#ffffff" },
    everyone: { line: "#c2610c", field: "#fff1e2", text: "#8a4106" },
    unknown: { line: "#7a55b8", field: "#f4effc", text: "#5d3a9b" },
    limited: { line: "#2f6fb5", field: "#eaf3fc", text: "#1f568f" },
    closed: { line: "#8b96a2", field: "#eef1f4", text: "#566270" },
  },
};

export const dark: Palette = {
  paper: "#0f1318",
  panel: "#171c23",
  box: "#212831",
  ink: "#e8edf2",
  faint: "#a3afbb",
  rule: "#3a444f",
  internet: "#d5dde6",
  internetText: "#10151b",
  exposures: {
    sensitive: { line: "#ff7b72", field: "#ff7b72", text: "#2a0805" },
    everyone: { line: "#f0a04b", field: "#38240c", text: "#ffc680" },
    unknown: { line: "#b595ee", field: "#2a1f42", text: "#d3bdfb" },
    limited: { line: "#6cabec", field: "#12293f", text: "#a5cffa" },
    closed: { line: "#75818d", field: "#262d35", text: "#a3afbb" },
  },
};

/** The rules of a picture: light, and dark on screens that are; paper is always light. */
export function pictureStyle(): string {
  return `${fixed}${colours(light)}@media screen and (prefers-color-scheme:dark){${colours(dark)}}`;
}

const fixed = [
  ".fl-text{font-family:system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans CJK KR','DejaVu Sans',sans-serif}",
  ".fl-code{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}",
  ".fl-strong{font-weight:600}.fl-late{font-style:italic}",
  ".fl-wire{fill:none}.fl-wire-sensitive{stroke-width:3}.fl-wire-everyone{stroke-width:2.2}.fl-wire-limited{stroke-width:1.6}",
  ".fl-wire-unknown{stroke-width:1.8;stroke-dasharray:6 3}.fl-wire-closed{stroke-width:1.3;stroke-dasharray:2 3}",
  ".fl-gone{opacity:.6}",
].join("");

function colours({
  paper,
  panel,
  box,
  ink,
  faint,
  rule,
  internet,
  internetText,
  exposures,
}: Palette): string {
  const own = Object.entries(exposures).map(
    ([name, { line, field, text }]) =>
      `.fl-wire-${name}{stroke:${line}}.fl-tip-${name}{fill:${line}}.fl-chip-${name}{fill:${field};stroke:${line}}.fl-on-${name}{fill:${text}}`,
  );
  return [
    `.fl-paper{fill:${paper}}.fl-panel{fill:${panel};stroke:${rule}}.fl-box{fill:${box};stroke:${rule}}`,
    `.fl-ink{fill:${ink}}.fl-faint{fill:${faint}}`,
    `.fl-internet{fill:${internet}}.fl-on-internet{fill:${internetText}}.fl-trunk{fill:none;stroke:${internet};stroke-width:3}`,
    `.fl-sign{fill:${ink};stroke:${paper}}.fl-on-sign{fill:${paper}}.fl-struck{stroke:${ink};stroke-width:1.2}.fl-bar{fill:none;stroke:${exposures.closed.line};stroke-width:3}`,
    ...own,
  ].join("");
}
