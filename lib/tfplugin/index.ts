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
 *
 * ## Values
 * null: not set. `UNKNOWN`: not known before apply; at plan and validate anything may be it. Lists, sets and tuples are
 * arrays, maps and objects plain objects. TypeScript types of plan, configuration and state follow from the schema;
 * a schema that is assembled at run time gives `unknown` values.
 *
 * ## Planning
 * Rules, in order: the configuration, defaults, comparison with the state, replacement, computed values become unknown
 * (not if `stable` or preset), the resource's `modifyPlan`, a check. Write-only values are never in plan or state.
 *
 * ## Errors
 * Report them to `diagnostics` with the attribute's path, or throw; the provider's `explain` translates what was thrown.
 * After `save(state)` a failing create leaves a tainted object; without it, nothing. A failing update or delete
 * leaves the prior state. A result that contradicts the plan is an error that names the attribute.
 *
 * ## State
 * Raise `version` and add a step to `upgrade` when stored states no longer fit. `privateState` keeps what no user
 * should see. `import` turns what the user wrote into the start of a state, which `read` completes.
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
