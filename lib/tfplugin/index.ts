/**
 * What may live here: a framework for Terraform providers in TypeScript, and nothing that knows any one provider.
 *
 * ## A provider
 * A provider is data: a schema per resource type, and functions that make, read, change and delete objects.
 * ```ts
 * // provider.ts
 * const { defineResource } = forClient<Api>();
 * const note = defineResource({
 *   attributes: {
 *     id: attribute.string({ computed: true, stable: true }),
 *     text: attribute.string({ required: true, validate: [size(1, 500)] }),
 *     labels: attribute.map(attribute.string(), { default: {} }),
 *   },
 *   create: async ({ client, plan, signal }) => ({ ...plan, id: await client.add(plan.text, signal) }),
 *   read: ({ client, state }) => client.find(state.id),
 *   update: async ({ client, plan, state }) => ({ ...plan, id: await client.change(state.id, plan.text) }),
 *   delete: ({ client, state }) => client.remove(state.id),
 * });
 * export const provider = defineProvider({
 *   name: "demo", version: "1.0.0", attributes: {}, configure: () => new Api(), resources: { demo_note: note },
 * });
 * // main.ts, the executable
 * serve(async () => (await import("./provider.js")).provider);
 * ```
 * `examples/provider` is a whole one. It runs on Terraform 1.11 and newer, and on OpenTofu.
 *
 * ## Schema
 * `attribute.…` and `block.…` build it; an attribute is `required`, `optional`, `computed` (the provider sets it where
 * the user does not) or has a `default`. Prefer `attribute.nested` to blocks. A mistake that Terraform would refuse
 * throws when the resource is defined. `sensitive` hides a value, `writeOnly` keeps it out of plan and state altogether:
 * read it from `config`, and let another attribute say when it is new. `providersSchema` prints the schema as JSON.
 *
 * ## Values
 * null: not set. `UNKNOWN`: not known before apply; at plan and validate anything may be it. Lists, sets and tuples are
 * arrays, maps and objects plain objects. TypeScript types of plan, configuration and state follow from the schema;
 * a schema that is assembled at run time gives `unknown` values.
 *
 * ## Planning
 * Rules, in order: the configuration, defaults, comparison with the state, replacement, computed values become UNKNOWN,
 * the resource's `modifyPlan`, a check of it, `planDelete` for an object that is replaced. What elsewhere takes plan
 * modifiers are options here: `default`, `stable` (an update keeps the value), `replace` (a change needs a new object).
 * `modifyPlan` knows what no option can say; `planDelete` refuses a deletion, or warns of it, while it is planned.
 *
 * ## Validators
 * `validate: [size(1, 500), matches(/^[a-z]+$/, "lower-case letters")]` on an attribute sees known values that are set;
 * a validator returns what is wrong, or undefined. A resource's own `validate` compares attributes with each other.
 *
 * ## Diagnostics
 * Report errors and warnings to `diagnostics` with the attribute's path, throw a `DiagnosticError`, or throw anything;
 * the provider's `explain` translates what was thrown. After `save(state)` a failing create leaves a tainted object;
 * without it, nothing. A failing update or delete leaves the prior state. A result that contradicts the plan is an error
 * that names the attribute. Ctrl-C aborts the `signal` of a call; pass it to every wait.
 *
 * ## Timeouts
 * `timeouts: { create: "10m" }` limits operations, and gives the user a `timeouts` block to change that. When the time is
 * over, `signal` aborts with an `OperationTimeout`, and the user reads how to give it more.
 *
 * ## Private state
 * `privateState` keeps with an object what no user should see, such as an idempotency key. A new object begins with an
 * empty one. What a plan keeps reaches the apply of the same plan from Terraform 1.16 on: see `PrivateState`.
 *
 * ## Import, upgrade, move
 * `import` turns what the user wrote into the start of a state, which `read` completes; without it the `id` is enough.
 * Raise `version` and add a step to `upgrade` when stored states no longer fit:
 * ```ts
 * version: 2,
 * upgrade: { 0: ({ title, ...rest }) => ({ ...rest, name: title }), 1: (state) => ({ ...state, labels: {} }) },
 * ```
 * `moveFrom` takes over states of other resource types and providers, for the user's `moved` blocks:
 * ```ts
 * moveFrom: [{ provider: "hashicorp/null", type: "null_resource", move: ({ state }) => ({ id: String(state.id) }) }],
 * ```
 *
 * ## Functions
 * `functions` of a provider are called as `provider::demo::join("/", "a", "b")`, also while nothing is configured.
 * ```ts
 * const join = defineFunction({
 *   parameters: { separator: attribute.string() },
 *   rest: { parts: attribute.string() },
 *   returns: attribute.string(),
 *   call: ({ separator, parts }) => parts.join(separator),
 * });
 * ```
 */
export {
  type DataSource,
  type DataSourceCall,
  type DataSourceDefinition,
  defineDataSource,
} from "./data-source";
export { type Diagnostic, DiagnosticError, Diagnostics } from "./diagnostics";
export {
  type Arguments,
  defineFunction,
  type FunctionDefinition,
  type Parameter,
  type ParameterOptions,
  type Parameters,
  type ProviderFunction,
  parameter,
} from "./function";
export type { MoveCall, MoveSource } from "./move";
export { PrivateState } from "./private-state";
export {
  type ConfigureCall,
  type Definers,
  defineProvider,
  forClient,
  type Provider,
  type ProviderDefinition,
} from "./provider";
export {
  type Call,
  type CreateCall,
  type DeleteCall,
  defineResource,
  type ImportCall,
  type ModifyPlanCall,
  type ReadCall,
  type Resource,
  type ResourceDefinition,
  type StatefulCall,
  type UpdateCall,
  type ValidateCall,
} from "./resource";
export { attribute, type NestedAttribute } from "./schema/attribute";
export { type BlockOptions, block, type TypedBlock } from "./schema/block";
export { duration } from "./schema/duration";
export type { Config, ImportedState, Plan, State, UnresolvedConfig, UnresolvedPlan } from "./schema/infer";
export type { Attribute, Attributes, Block, Blocks, Level, NestedLevel, Nesting } from "./schema/level";
export type { AttributeOptions, ReplaceDecision, Validator, ValidatorContext } from "./schema/options";
export type { Path } from "./schema/path";
export { type ProvidersSchema, providersSchema } from "./schema/providers-schema";
export { between, integer, matches, oneOf, size } from "./schema/validators";
export { serve } from "./serve";
export { log } from "./server/log";
export { OperationTimeout, type TimedOperation, type TimeLimit, type Timeouts } from "./timeouts";
export { Dynamic } from "./value/dynamic";
export { equal } from "./value/equal";
export type { Decimal } from "./value/number";
export type { Fields, ObjectType, Type } from "./value/type";
export { hasUnknown, isUnknown, UNKNOWN, Unknown } from "./value/unknown";
