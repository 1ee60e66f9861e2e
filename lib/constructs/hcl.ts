/** A block of Terraform's CLI configuration: its type, and what is in it. */
export interface HclBlock {
  readonly type: string;
  readonly attributes: Readonly<Record<string, HclValue>>;
  readonly blocks: readonly HclBlock[];
}

/** The values that such a configuration holds. */
export type HclValue = string | readonly HclValue[] | { readonly [key: string]: HclValue };

/**
 * Reads the blocks of a Terraform CLI configuration; of the language's values only those that it has.
 * @throws SyntaxError
 */
export function parseHcl(text: string): HclBlock[] {
  const tokens = [...text.matchAll(token)]
    .map((match) => match[0])
    .filter((part) => !/^(#|\/\/|\/\*)/.test(part));
  let at = 0;
  const body = parseBody();
  if (at < tokens.length) throw new SyntaxError(`Unexpected ${tokens[at]}`);
  return [...body.blocks];

  function parseBody(): Omit<HclBlock, "type"> {
    const attributes: Record<string, HclValue> = {};
    const blocks: HclBlock[] = [];
    while (at < tokens.length && tokens[at] !== "}") {
      const name = unquote(next());
      if (tokens[at] === "=") {
        at++;
        attributes[name] = parseValue();
      } else {
        while (tokens[at] !== "{") next(); // Labels do not matter here.
        at++;
        blocks.push({ type: name, ...parseBody() });
        expect("}");
      }
      if (tokens[at] === ",") at++;
    }
    return { attributes, blocks };
  }

  function parseValue(): HclValue {
    const first = next();
    if (first === "{") {
      const { attributes } = parseBody();
      expect("}");
      return attributes;
    }
    if (first !== "[") return unquote(first);
    const items: HclValue[] = [];
    while (tokens[at] !== "]") {
      items.push(parseValue());
      if (tokens[at] === ",") at++;
    }
    at++;
    return items;
  }

  function next(): string {
    const part = tokens[at++];
    if (part === undefined) throw new SyntaxError("Unexpected end");
    return part;
  }

  function expect(part: string): void {
    if (next() !== part) throw new SyntaxError(`Expected ${part}`);
  }
}

/** Comments, strings, punctuation, and words (which numbers and booleans are, too). */
const token = /#.*|\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|[{}[\]=,]|[^\s{}[\]=,"#]+/g;

function unquote(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
