import { configurationOf, isStack } from "./scope";

/** What a test runner's `expect.addSnapshotSerializer` takes. */
export interface SnapshotSerializer {
  /** Whether it writes such a value. */
  test(value: unknown): boolean;
  /** The text of a value, written by the runner's own printer. */
  serialize(
    value: unknown,
    config: unknown,
    indentation: string,
    depth: number,
    refs: unknown,
    printer: (value: unknown, config: never, indentation: string, depth: number, refs: never) => string,
  ): string;
}

/**
 * Writes stacks, and what `Testing.synth(stack)` gives of them, into snapshots, without what changes although the stack
 * does not: hashes in names, versions of providers, the place of a local state, metadata, this folder's path.
 *
 * @example
 * expect.addSnapshotSerializer(snapshotSerializer);
 */
export const snapshotSerializer: SnapshotSerializer = {
  test: (value) => isStack(value) || (typeof value === "string" && configurationIn(value) !== undefined),
  serialize: (value, config, indentation, depth, refs, printer) =>
    printer(
      tidied(isStack(value) ? configurationOf(value) : String(value)),
      config as never,
      indentation,
      depth,
      refs as never,
    ),
};

type Block = Readonly<Record<string, unknown>>;

/** Terraform's configuration in text; undefined where there is something else in it. */
function configurationIn(text: string): Block | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isBlock(value) && ["resource", "provider", "terraform"].some((key) => isBlock(value[key]))
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

function tidied(text: string): Block {
  const { terraform, provider, ...rest } = withoutMetadata(
    JSON.parse(withoutHashes(portable(text))),
  ) as Block;
  const parts = { provider: withoutPlanIds(provider), ...rest, terraform: withoutPlaces(terraform) };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/** Where the tests run is nobody's concern. */
const portable = (text: string): string =>
  text.replaceAll(`${JSON.stringify(process.cwd()).slice(1, -1)}/`, "./");

/** "Project_Web" for "Project_Web_61AC688E", unless two names would be one then. */
function withoutHashes(text: string): string {
  const hashed = new Set(text.match(/\b[A-Za-z]\w*_[0-9A-F]{8}\b/g));
  const short = (name: string) => name.slice(0, -9);
  const uses = new Map<string, number>();
  for (const name of hashed) uses.set(short(name), (uses.get(short(name)) ?? 0) + 1);
  return text.replace(/\b[A-Za-z]\w*_[0-9A-F]{8}\b/g, (name) =>
    uses.get(short(name)) === 1 ? short(name) : name,
  );
}

function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (!isBlock(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "//");
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutMetadata(inner)]));
}

/** Every stack has the same expression there. */
function withoutPlanIds(provider: unknown): unknown {
  if (!isBlock(provider) || !Array.isArray(provider.fairlead)) return provider;
  return { ...provider, fairlead: provider.fairlead.map(({ plan_id: _, ...block }: Block) => block) };
}

/** The version of each provider, and the file of a local state. */
function withoutPlaces(terraform: unknown): unknown {
  if (!isBlock(terraform)) return terraform;
  const { required_providers: _, backend, ...rest } = terraform;
  const kept = isBlock(backend) && backend.local === undefined ? { backend, ...rest } : rest;
  return Object.keys(kept).length === 0 ? undefined : kept;
}

const isBlock = (value: unknown): value is Block =>
  typeof value === "object" && value !== null && !Array.isArray(value);
