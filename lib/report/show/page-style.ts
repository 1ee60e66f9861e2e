import { exposures } from "../exposure";
import { dark, light, type Palette } from "../picture/palette";

/** The rules of a page: light, and dark on screens that are; paper is always light. */
export function pageStyle(): string {
  return `:root{${variables(light)}}@media screen and (prefers-color-scheme:dark){:root{${variables(dark)}}}${fixed}`;
}

function variables({ paper, panel, box, ink, faint, rule, exposures }: Palette): string {
  const own = Object.entries(exposures).map(
    ([name, { line, field, text }]) => `--${name}:${line};--${name}-field:${field};--${name}-text:${text}`,
  );
  return [
    `--paper:${paper};--panel:${panel};--box:${box};--ink:${ink};--faint:${faint};--rule:${rule}`,
    ...own,
  ].join(";");
}

const exposed = exposures
  .map(
    (name) =>
      `.tiles .${name}{background:var(--${name}-field);color:var(--${name}-text);border-color:var(--${name})}.dot.${name}{background:var(--${name}-field);border-color:var(--${name})}`,
  )
  .join("");

const fixed = [
  "*{box-sizing:border-box}",
  "body{margin:0 auto;padding:1.5rem;max-width:120rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans CJK KR',sans-serif}",
  "h1{margin:0 0 .75rem;font-size:1.7rem;overflow-wrap:anywhere}h2{margin:2rem 0 .5rem;font-size:1.2rem;overflow-wrap:anywhere}",
  "code{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.9em;overflow-wrap:anywhere}",
  "ul{padding:0;list-style:none}small{color:var(--faint)}",
  ".tiles{display:flex;flex-wrap:wrap;gap:.6rem;margin:0}.tiles li{padding:.4rem .8rem;border:1px solid var(--rule);border-radius:.5rem}.tiles b{font-size:1.25rem}",
  exposed,
  ".verdict{margin:1rem 0 .5rem;overflow-wrap:anywhere}",
  ".warnings{margin:.5rem 0;padding:.6rem .9rem;border-left:4px solid var(--sensitive);background:var(--panel);overflow-wrap:anywhere}",
  ".picture{margin:1rem 0;overflow-x:auto}.picture svg{display:block;max-width:100%;height:auto}.picture figcaption{color:var(--faint);font-size:.85rem}",
  ".changes li{display:flex;gap:.6rem;padding:.2rem 0}.sign{flex:none;width:1.4em;text-align:center;font-weight:700;font-family:ui-monospace,monospace}",
  ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}caption{text-align:left;color:var(--faint);padding:.2rem 0}",
  "td code{white-space:nowrap}td:first-child{min-width:11rem}th,td{padding:.3rem .7rem;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}th{background:var(--panel);white-space:nowrap}",
  ".dot{display:inline-block;width:.8em;height:.8em;margin-right:.45em;border:2px solid;border-radius:50%}.gone td{color:var(--faint);text-decoration:line-through}",
  "footer{margin-top:2rem;color:var(--faint);font-size:.85rem}",
  "@media(max-width:60rem){.picture svg{max-width:none}}",
  "@media print{body{padding:0;font-size:11px;max-width:none}.picture{overflow:visible}.picture svg{max-width:100%}.scroll{overflow:visible}thead{display:table-header-group}tr,.changes li{break-inside:avoid}h2{break-after:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}",
].join("");
