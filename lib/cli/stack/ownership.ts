import { UsageError } from "../failure";
import type { ProviderBlock } from "./provider-block";
import type { StateObject } from "./state";

/** A mark of what a stack makes, and the provider that gives it. */
export interface OwnershipMark {
  readonly mark: string;
  /** How a resource or import block names the provider: `fairlead`, `fairlead.other`. */
  readonly provider: string;
  /** Who says so, for messages. */
  readonly source: string;
}

/**
 * The marks of a stack: those that are given, else what its provider blocks say, else what the resources in its
 * state bear. Each mark once.
 * @param state reads it, where that is needed
 * @throws UsageError when there is none
 */
export async function ownershipMarks(
  given: readonly string[],
  blocks: readonly ProviderBlock[],
  state: () => Promise<readonly StateObject[]>,
  folder: string,
): Promise<OwnershipMark[]> {
  const sources: (() => OwnershipMark[] | Promise<OwnershipMark[]>)[] = [
    () =>
      given.map((mark) => ({ mark, provider: blocks[0]?.reference ?? "fairlead", source: "--ownership-id" })),
    () =>
      blocks.flatMap(({ ownershipId: mark, reference: provider, file }) =>
        mark === undefined ? [] : [{ mark, provider, source: file }],
      ),
    async () =>
      (await state()).flatMap(({ ownershipId: mark, provider }) =>
        mark === null ? [] : [{ mark, provider, source: "the resources in the state" }],
      ),
  ];
  for (const source of sources) {
    const marks = await source();
    if (marks.length > 0)
      return marks.filter(({ mark }, at) => marks.findIndex((other) => other.mark === mark) === at);
  }
  throw new UsageError(
    `No ownership mark is known for ${folder}: no provider block there has an ownership_id that is plain text, and nothing in the state bears one. ` +
      "Pass it with --ownership-id <mark>. Only what was made by a provider with ownership_id set bears a mark.",
  );
}

/**
 * The platform that a stack's objects are on: FAIRLEAD_ENDPOINT chooses among those that its provider blocks name.
 * Undefined leaves it to the environment.
 * @throws UsageError when the environment names another platform than every block does, or none and they name several
 */
export function endpointOf(
  blocks: readonly ProviderBlock[],
  environment: string | undefined,
): string | undefined {
  const named = [
    ...new Set(blocks.flatMap(({ endpoint }) => (endpoint === undefined ? [] : bare(endpoint)))),
  ];
  if (named.length === 0 || (environment && blocks.some((block) => goesTo(block, environment))))
    return environment;
  const [only, ...others] = named;
  if (!environment && others.length === 0) return only;
  const said = environment ? `FAIRLEAD_ENDPOINT is ${environment}, but the` : "The";
  throw new UsageError(
    `${said} provider blocks of this configuration name ${named.join(" and ")}. Set FAIRLEAD_ENDPOINT to the one that is to be asked, and FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE to its token.`,
  );
}

/** Whether a block's objects are on a platform: the block names it, or leaves it to the environment. */
export function goesTo({ endpoint }: ProviderBlock, platform: string): boolean {
  return endpoint === undefined || bare(endpoint) === bare(platform);
}

const bare = (endpoint: string): string => endpoint.replace(/\/+$/, "");
