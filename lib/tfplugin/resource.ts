import type { Diagnostics } from "./diagnostics";
import type { MoveSource } from "./move";
import type { PrivateState } from "./private-state";
import { checkSchema } from "./schema/check";
import type { Config, ImportedState, Plan, State, UnresolvedConfig, UnresolvedPlan } from "./schema/infer";
import type { Attributes, Blocks } from "./schema/level";
import type { Path } from "./schema/path";
import { TIMEOUTS, type Timeouts, timeoutsBlock } from "./timeouts";
import type { Fields } from "./value/type";

/** What every function of a resource or data source gets. */
export interface Call<Client> {
  /** What the provider's `configure` returned. */
  readonly client: Client;
  /** Aborts when the user cancels (Ctrl-C). Pass it to every wait; what exists by then should still be returned. */
  readonly signal: AbortSignal;
  /** Errors and warnings for the user. An error fails the operation; the returned value is kept all the same. */
  readonly diagnostics: Diagnostics;
}

/** A call that has a state beside it. */
export interface StatefulCall<Client> extends Call<Client> {
  /** Kept with the state, shown to nobody. */
  readonly privateState: PrivateState;
}

/** What `create` gets. */
export interface CreateCall<Client, A extends Attributes, B extends Blocks> extends StatefulCall<Client> {
  /** What was promised to the user. Computed attributes are UNKNOWN; everything else must be returned as it is. */
  readonly plan: Plan<A, B>;
  /** What the user wrote, write-only values included. */
  readonly config: Config<A, B>;
  /**
   * Call it as soon as something exists. If a later step fails, this is kept and the resource is tainted; without it
   * nothing is kept, and what was made is lost. Attributes left out are taken from the plan where known, else null.
   */
  save(state: Partial<State<A, B>>): void;
  /**
   * Aborts when Terraform waits no longer (a second Ctrl-C). What the function returns or saves within a second is
   * in the state yet; all else is lost to Terraform.
   */
  readonly leaving: AbortSignal;
}

/** What `update` gets. */
export interface UpdateCall<Client, A extends Attributes, B extends Blocks> extends CreateCall<Client, A, B> {
  /** The object before the update. A failed update leaves this state, with what `save` has overwritten. */
  readonly state: State<A, B>;
}

/** What `read` gets. */
export interface ReadCall<Client, A extends Attributes, B extends Blocks> extends StatefulCall<Client> {
  /** The last known state; after an import, only what `import` returned. */
  readonly state: ImportedState<A, B>;
}

/** What `delete` and `planDelete` get. */
export interface DeleteCall<Client, A extends Attributes, B extends Blocks> extends StatefulCall<Client> {
  readonly state: State<A, B>;
}

/** What `import` gets. */
export interface ImportCall<Client> extends StatefulCall<Client> {
  /** What the user wrote: `terraform import ADDRESS ID`, or `id` of an `import` block. */
  readonly id: string;
}

/** What `modifyPlan` gets. Anything may be UNKNOWN. */
export interface ModifyPlanCall<Client, A extends Attributes, B extends Blocks> extends StatefulCall<Client> {
  readonly action: "create" | "update";
  readonly plan: UnresolvedPlan<A, B>;
  readonly config: UnresolvedConfig<A, B>;
  /** Null on create. */
  readonly state: State<A, B> | null;
  /** Asks for a new object because of an attribute. Terraform ignores it unless that attribute's plan differs. */
  requiresReplace(path: Path): void;
}

/** What `validate` gets. Anything may be UNKNOWN; the provider may not be configured. */
export interface ValidateCall<A extends Attributes, B extends Blocks> {
  readonly config: UnresolvedConfig<A, B>;
  readonly diagnostics: Diagnostics;
}

type MaybePromise<T> = T | Promise<T>;

/**
 * A resource type: its schema and what to do with objects. Any function may throw; the provider's `explain`
 * turns the error into diagnostics.
 */
export interface ResourceDefinition<Client, A extends Attributes, B extends Blocks = Record<never, never>> {
  /** For documentation. Default: none. */
  readonly description?: string;
  /** A text tells its users what to use instead, as a warning. Default: not deprecated. */
  readonly deprecated?: boolean | string;
  /** Raise it when a stored state needs `upgrade` to fit the schema. Default: 0. */
  readonly version?: number;
  readonly attributes: A;
  /** Default: none. */
  readonly blocks?: B;
  /**
   * How long operations may take, in the form of `"90s"`, `"10m"` or `"1h30m"`. For each operation named here the
   * schema gets an attribute in a `timeouts` block, by which the user can change it. When the time is over, the call's
   * `signal` aborts with an `OperationTimeout`; what the function then throws is reported as such. The block is the
   * framework's: functions neither see nor return it, and a change of nothing else reaches no function. Default: no limit.
   */
  readonly timeouts?: Timeouts;
  /** Makes the object and returns its state. */
  create(call: CreateCall<Client, A, B>): MaybePromise<State<A, B>>;
  /** Returns the object as it is, or null when it is gone. Default: the state is taken to be right. */
  read?(call: ReadCall<Client, A, B>): MaybePromise<State<A, B> | null>;
  /** Changes the object in place. Default: every change makes a new object. */
  update?(call: UpdateCall<Client, A, B>): MaybePromise<State<A, B>>;
  /** Deletes the object; one that is gone already is no error. Default: it is only forgotten. */
  delete?(call: DeleteCall<Client, A, B>): MaybePromise<void>;
  /** Finds an object by what the user wrote; `read` completes it. Default: `{ id }`. */
  import?(call: ImportCall<Client>): MaybePromise<Partial<State<A, B>>>;
  /**
   * Adjusts the plan after all rules have run; returns the new plan, or nothing. Where it makes the first change of
   * all, computed values that it left as they were become UNKNOWN after it. Default: the plan stays.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that only reports returns nothing, which may be async.
  modifyPlan?(call: ModifyPlanCall<Client, A, B>): MaybePromise<UnresolvedPlan<A, B> | undefined | void>;
  /**
   * Looks at a deletion while it is planned, also at that of an object which a change replaces: an error in
   * `diagnostics` refuses the plan, a warning is shown with it. Terraform does not ask when the user has told it to
   * replace an object (`-replace`, `taint`). Default: deletions are planned, and Terraform does not even ask.
   */
  planDelete?(call: DeleteCall<Client, A, B>): MaybePromise<void>;
  /** Checks attributes against each other. Default: only the attributes' own validators run. */
  validate?(call: ValidateCall<A, B>): MaybePromise<void>;
  /**
   * Upgrades stored states, step by step: entry n turns a state of version n into one of version n + 1.
   * It gets the JSON of the state file, with integers beyond 2^53 as bigint. Default: none.
   */
  readonly upgrade?: { readonly [version: number]: (state: Fields) => MaybePromise<Fields> };
  /** States of other resource types that a `moved` block may turn into one of this type. Default: none. */
  readonly moveFrom?: readonly MoveSource<A, B>[];
  // Later: identity, list.
}

/** A resource type of a provider, whatever its schema. Made by `defineResource`. */
export type Resource<Client = unknown> = ResourceDefinition<Client, Attributes, Blocks>;

/**
 * Declares a resource type. Types of plan, configuration and state follow from the schema. Throws when Terraform
 * would refuse the schema. Use `forClient` where the functions need the client's type.
 *
 * @example
 * const note = defineResource({
 *   attributes: {
 *     id: attribute.string({ computed: true, stable: true }),
 *     text: attribute.string({ required: true }),
 *   },
 *   create: ({ plan }) => ({ ...plan, id: randomUUID() }),
 * });
 */
export function defineResource<Client, A extends Attributes, B extends Blocks = Record<never, never>>(
  definition: ResourceDefinition<Client, A, B>,
): Resource<Client> {
  const { timeouts, attributes, blocks } = definition;
  checkSchema("resource", definition);
  if (!timeouts) return definition as unknown as Resource<Client>;
  if (TIMEOUTS in attributes || (blocks && TIMEOUTS in blocks))
    throw new Error(
      "resource: timeouts is the framework's block; give `timeouts` or the schema's own, not both.",
    );
  const withBlock = { ...definition, blocks: { ...blocks, [TIMEOUTS]: timeoutsBlock(timeouts) } };
  return withBlock as unknown as Resource<Client>;
}
