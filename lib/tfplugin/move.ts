import type { Diagnostics } from "./diagnostics";
import type { PrivateState } from "./private-state";
import type { State } from "./schema/infer";
import type { Attributes, Blocks } from "./schema/level";
import type { Fields } from "./value/type";

/** What `move` gets. The provider is not configured: there is no client, so it can only use what the state says. */
export interface MoveCall {
  /** The other resource's state: the JSON of the state file, with integers beyond 2^53 as bigint. */
  readonly state: Fields;
  /** The schema version of that state. */
  readonly version: number;
  /** What the other resource's provider has kept; empty unless it was made with this framework. Not carried over. */
  readonly sourcePrivateState: PrivateState;
  /** The private state of the moved object, empty at first. */
  readonly privateState: PrivateState;
  readonly diagnostics: Diagnostics;
}

/** States of another resource type that a resource takes over when the user writes a `moved` block. */
export interface MoveSource<A extends Attributes, B extends Blocks> {
  /** The other provider: `"hashicorp/null"`, or with its host. Default: whichever has a resource of that type. */
  readonly provider?: string;
  /** The other resource type. */
  readonly type: string;
  /** The schema version that `move` understands. Default: it looks at `version` itself. */
  readonly version?: number;
  /** Makes a state of this type; `read` completes it, as after an import. */
  move(call: MoveCall): Partial<State<A, B>> | Promise<Partial<State<A, B>>>;
}

/** The way from a state to this type; undefined when there is none. */
export function findMoveSource<
  S extends Pick<MoveSource<Attributes, Blocks>, "provider" | "type" | "version">,
>(sources: readonly S[] | undefined, address: string, type: string, version: number): S | undefined {
  return sources?.find(
    (source) =>
      source.type === type &&
      (source.version === undefined || source.version === version) &&
      (source.provider === undefined || `/${address}`.endsWith(`/${source.provider}`)),
  );
}
