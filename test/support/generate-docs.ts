import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { platformSections } from "./docs/capabilities";
import { constructSections } from "./docs/constructs";
import { errorSections } from "./docs/errors";
import { openstackSections, providerSections } from "./docs/provider";

const docs = join(__dirname, "../../docs");

/** The pages with generated parts: what is between two marks is made anew, all else is written by hand. */
const pages = {
  "constructs.md": constructSections,
  "provider.md": providerSections,
  "errors.md": errorSections,
  "openstack.md": openstackSections,
  "platform.md": platformSections,
  "testing.md": () => new Map<string, string>(),
  "operating.md": () => new Map<string, string>(),
  "pipeline.md": () => new Map<string, string>(),
  "scale.md": () => new Map<string, string>(),
} as const;

/** The text of every page, by file name below `docs`. */
export function generateDocs(): Map<string, string> {
  return new Map(
    Object.entries(pages).map(([file, sections]) => {
      const text = readFileSync(join(docs, file), "utf8");
      return [file, withContents(withSections(text, sections()))];
    }),
  );
}

const part = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g;

function withSections(text: string, sections: ReadonlyMap<string, string>): string {
  const unused = new Set(sections.keys());
  const page = text.replace(part, (whole, opening: string, name: string, closing: string) => {
    if (name === "contents") return whole;
    const section = sections.get(name);
    if (section === undefined) throw new Error(`Nothing generates ${JSON.stringify(name)}.`);
    unused.delete(name);
    return `${opening}\n${section.trim()}\n\n${closing}`;
  });
  if (unused.size > 0) throw new Error(`The page has no place for ${[...unused].join(", ")}.`);
  return page;
}

/** The table of contents, from the headings of the second and third level. */
function withContents(page: string): string {
  const prose = page.replace(/^```[\s\S]*?^```/gm, "");
  const entries = [...prose.matchAll(/^(##|###) (.+)$/gm)].map(([, level, title]) => {
    const indent = level === "###" ? "  " : "";
    return `${indent}- [${title}](#${anchorOf(title!)})`;
  });
  return page.replace(part, (whole, opening: string, name: string, closing: string) =>
    name === "contents" ? `${opening}\n${entries.join("\n")}\n\n${closing}` : whole,
  );
}

/** The anchor that a heading gets where Markdown is shown. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}

if (require.main === module) {
  for (const [file, text] of generateDocs()) writeFileSync(join(docs, file), text);
}
