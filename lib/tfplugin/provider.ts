import { type DataSource, type DataSourceDefinition, defineDataSource } from "./data-source";
import type { Diagnostic, Diagnostics } from "./diagnostics";
import type { ProviderFunction } from "./function";
import { defineResource, type Resource, type ResourceDefinition, type ValidateCall } from "./resource";
import { checkSchema } from "./schema/check";
import { checkFunctionName } from "./schema/check-function";
import type { UnresolvedConfig } from "./schema/infer";
import type { Attributes, Blocks } from "./schema/level";

/** What `configure` gets. */
export interface ConfigureCall<A extends Attributes, B extends Blocks> {
  /**
   * The provider block. A value that depends on a resource which does not exist yet is UNKNOWN at plan: make a client
   * that complains on first use, or report an error.
   */
  readonly config: UnresolvedConfig<A, B>;
  /** An error here stops the command; give it the attribute's path. */
  readonly diagnostics: Diagnostics;
  /** Aborts when the user cancels. The signal is the one that resource functions get. */
  readonly signal: AbortSignal;
  /** Such as "1.11.4". OpenTofu sends its own version. */
  readonly terraformVersion: string;
}

/** A provider: the settings of its block, what it makes of them, and its resource types and data sources. */
export interface ProviderDefinition<Client, A extends Attributes, B extends Blocks = Record<never, never>> {
  /** The type in its source address and the prefix of its resource types: `demo` for `demo_thing`. */
  readonly name: string;
  /** The provider's own version, for the log. */
  readonly version: string;
  /** For documentation. Default: none. */
  readonly description?: string;
  readonly attributes: A;
  /** Default: none. */
  readonly blocks?: B;
  /** Checks settings against each other, before `configure`. Default: only the attributes' own validators run. */
  validate?(call: ValidateCall<A, B>): void | Promise<void>;
  /** Makes the client that resource functions get. It runs once per process, in plan and apply, not in validate. */
  configure(call: ConfigureCall<A, B>): Client | Promise<Client>;
  /** By full type name. Default: none. */
  readonly resources?: { readonly [typeName: string]: Resource<NoInfer<Client>> };
  /** By full type name. Default: none. */
  readonly dataSources?: { readonly [typeName: string]: DataSource<NoInfer<Client>> };
  /** By name, without the provider's: `parse` for `provider::demo::parse`. Needs Terraform 1.8. Default: none. */
  readonly functions?: { readonly [name: string]: ProviderFunction };
  /**
   * Turns an error that a function threw into diagnostics: the one place that knows the platform's errors.
   * Return undefined for errors it does not know; those show their message, and the log has the stack.
   */
  explain?(error: unknown): readonly Diagnostic[] | undefined;
  // Later: ephemeral resources, list resources, actions.
}

/** A provider, whatever its schema and client. Made by `defineProvider`, run by `serve`. */
export type Provider = ProviderDefinition<unknown, Attributes, Blocks>;

/**
 * Declares a provider. Throws when Terraform would refuse the schema or a type name.
 *
 * @example
 * export const provider = defineProvider({
 *   name: "demo",
 *   version: "1.0.0",
 *   attributes: { endpoint: attribute.string({ required: true }) },
 *   configure: ({ config }) => new Api(String(config.endpoint)),
 *   resources: { demo_note: note },
 * });
 */
export function defineProvider<Client, A extends Attributes, B extends Blocks = Record<never, never>>(
  definition: ProviderDefinition<Client, A, B>,
): Provider {
  checkSchema("provider", definition);
  for (const name of Object.keys(definition.functions ?? {})) checkFunctionName(name);
  const typeNames = [
    ...Object.keys(definition.resources ?? {}),
    ...Object.keys(definition.dataSources ?? {}),
  ];
  for (const typeName of typeNames) {
    if (typeName === definition.name || typeName.startsWith(`${definition.name}_`)) continue;
    throw new Error(`provider: the type name ${typeName} does not begin with ${definition.name}_.`);
  }
  return definition as unknown as Provider;
}

/** `defineResource` and `defineDataSource` for one type of client. */
export interface Definers<Client> {
  defineResource<A extends Attributes, B extends Blocks = Record<never, never>>(
    definition: ResourceDefinition<Client, A, B>,
  ): Resource<Client>;
  defineDataSource<A extends Attributes, B extends Blocks = Record<never, never>>(
    definition: DataSourceDefinition<Client, A, B>,
  ): DataSource<Client>;
}

/**
 * The definers with the client's type set: TypeScript cannot infer the schema and take the client's type in one call.
 *
 * @example
 * const { defineResource } = forClient<Api>();
 */
export function forClient<Client>(): Definers<Client> {
  return { defineResource, defineDataSource };
}
