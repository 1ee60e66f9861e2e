import {
  type Attribute,
  type AttributeOptions,
  type Attributes,
  attribute,
  type Blocks,
  block,
} from "../../../lib/tfplugin";
import type { Level } from "../../../lib/tfplugin/schema/level";
import type { Random } from "./random";
import { defaultOf } from "./random-value";

type Build = (options?: AttributeOptions<never>) => Attribute;

/** Where something stands, which decides what it may be. */
interface Position {
  readonly depth: number;
  /** Inside of a list, set or map: no dynamic values there. */
  readonly repeated: boolean;
  /** Inside of a set: no write-only values there. */
  readonly inSet: boolean;
}

/** A schema of any types, nestings and options that the protocol has. */
export function randomLevel(random: Random): Required<Level> {
  const at = { depth: 2, repeated: false, inSet: false };
  return { attributes: randomAttributes(random, at, 5), blocks: randomBlocks(random, at, 2) };
}

function randomAttributes(random: Random, at: Position, most: number): Attributes {
  const count = 1 + random.below(most);
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`a${index}`, randomAttribute(random, at)]),
  );
}

function randomBlocks(random: Random, at: Position, most: number): Blocks {
  return Object.fromEntries(
    random
      .list(most, (index) => index)
      .map((index) => {
        const nesting = random.pick(["single", "group", "list", "set", "map"] as const);
        const inner = {
          depth: at.depth - 1,
          repeated: at.repeated || (nesting !== "single" && nesting !== "group"),
          inSet: at.inSet || nesting === "set",
        };
        const blocks = inner.depth > 0 ? randomBlocks(random, inner, 1) : undefined;
        return [`b${index}`, block[nesting]({ attributes: randomAttributes(random, inner, 3), blocks })];
      }),
  );
}

function randomAttribute(random: Random, at: Position): Attribute {
  const build = at.depth > 0 && random.chance(30) ? nestedShape(random, at) : shape(random, at);
  return build(randomOptions(random, build(), at) as AttributeOptions<never>);
}

function randomOptions(random: Random, bare: Attribute, at: Position): AttributeOptions {
  const replace = random.chance(15);
  const sensitive = random.chance(10);
  const stable = random.chance(40);
  switch (random.below(at.inSet ? 6 : 8)) {
    case 0:
      return { optional: true, replace, sensitive };
    case 1:
      return { required: true, replace, sensitive };
    case 2:
      return { optional: true, computed: true, stable, replace, sensitive };
    case 3:
    case 4:
      return { computed: true, stable, sensitive };
    case 5:
      return { default: defaultOf(random, bare), replace, sensitive };
    case 6:
      return { optional: true, writeOnly: true };
    default:
      return { required: true, writeOnly: true };
  }
}

function shape(random: Random, at: Position): Build {
  const inner = (repeated: boolean, inSet = false) =>
    shape(random, { depth: at.depth - 1, repeated: at.repeated || repeated, inSet: at.inSet || inSet })();
  const simple: Build[] = [
    attribute.string,
    attribute.number,
    attribute.bool,
    attribute.bigNumber,
  ] as never[];
  if (!at.repeated) simple.push(attribute.dynamic as never);
  if (at.depth <= 0 || random.chance(50)) return random.pick(simple);
  switch (random.below(5)) {
    case 0: {
      const element = inner(true);
      return (options) => attribute.list(element, options as never);
    }
    case 1: {
      const element = inner(true, true);
      return (options) => attribute.set(element, options as never);
    }
    case 2: {
      const element = inner(true);
      return (options) => attribute.map(element, options as never);
    }
    case 3: {
      const fields = { x: inner(false), y: inner(false) };
      return (options) => attribute.object(fields, options as never);
    }
    default: {
      const elements = [inner(false), inner(false)];
      return (options) => attribute.tuple(elements, options as never);
    }
  }
}

function nestedShape(random: Random, at: Position): Build {
  const nesting = random.pick(["single", "list", "set", "map"] as const);
  const inner = {
    depth: at.depth - 1,
    repeated: at.repeated || nesting !== "single",
    inSet: at.inSet || nesting === "set",
  };
  const attributes = randomAttributes(random, inner, 3);
  return (options) => attribute.nested[nesting](attributes, options as never);
}
