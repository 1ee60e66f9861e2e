import { forMarkup } from "../show/escape";

/** Attributes of an element; what is undefined is left out. */
export type SvgAttributes = Readonly<Record<string, string | number | undefined>>;

/** An element with its content, which is markup already. */
export function element(name: string, attributes: SvgAttributes, content = ""): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === "number" ? Number(value.toFixed(1)) : forMarkup(value!)}"`,
    )
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** How a text is set. */
export interface TextStyle {
  /** Height of the letters, in pixels. */
  readonly size: number;
  /** Classes of the picture's style. */
  readonly style: string;
  /** @default where the text begins */
  readonly anchor?: "middle" | "end";
  /** Room that it has: what is longer is cut, and has three dots. */
  readonly room?: number;
}

/** A line of text, centred on `y`. */
export function line(text: string, x: number, y: number, { size, style, anchor, room }: TextStyle): string {
  const isCode = style.includes("fl-code");
  const shown = room === undefined ? text : fitted(text, room, size, isCode);
  const attributes = {
    x,
    y: y + size * 0.35,
    "font-size": size,
    class: isCode ? style : `fl-text ${style}`,
    "text-anchor": anchor,
  };
  return element("text", attributes, forMarkup(shown));
}

/** How wide a text is, about; the font is the reader's. */
export function widthOf(text: string, size: number, isCode = false): number {
  let width = 0;
  for (const character of text)
    width +=
      character > "\u1100"
        ? 1
        : isCode
          ? 0.605
          : /[A-Zmw@%]/.test(character)
            ? 0.75
            : /[il.,:;'|]/.test(character)
              ? 0.33
              : 0.6;
  return width * size;
}

/** As much of a text as there is room for. */
export function fitted(text: string, room: number, size: number, isCode = false): string {
  if (widthOf(text, size, isCode) <= room) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (widthOf(`${kept}${segment}…`, size, isCode) > room) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}
