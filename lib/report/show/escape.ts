// What others wrote must neither end a line nor turn the reading direction.
const unprintable = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** Text for HTML and SVG, in elements and in quoted attributes. */
export function forMarkup(text: string): string {
  return text.replace(unprintable, "\u{fffd}").replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/** Text within a cell or a line of Markdown: nothing in it is markup, mentions somebody or links somewhere. */
export function forMarkdown(text: string): string {
  return text
    .replace(unprintable, "\u{fffd}")
    .replace(/[\\`*_[\]<>&|~$@#]|:(?=\/\/|[\w+-]+:)|(?<=\bwww)\./gi, (sign) => `&#${sign.codePointAt(0)};`);
}

/** Text as code within a line of Markdown. A span of backticks could be ended by one in the text, an element cannot. */
export function asCode(text: string): string {
  if (text === "") return "";
  const escaped = text
    .replace(unprintable, "\u{fffd}")
    .replace(/[&<>"'|`*_~$@#:\\[\]]/g, (sign) => `&#${sign.codePointAt(0)};`);
  return `<code>${escaped}</code>`;
}
