import type { Call, ValidateCall } from "./resource";
import { checkSchema } from "./schema/check";
import type { Config, State } from "./schema/infer";
import type { Attributes, Blocks } from "./schema/level";

/** What a data source's `read` gets. */
export interface DataSourceCall<Client, A extends Attributes, B extends Blocks> extends Call<Client> {
  /** What the user wrote. All of it is known: Terraform waits until it is. */
  readonly config: Config<A, B>;
}

/** A data source: its schema and how to read it. */
export interface DataSourceDefinition<Client, A extends Attributes, B extends Blocks = Record<never, never>> {
  /** For documentation. Default: none. */
  readonly description?: string;
  /** A text tells its users what to use instead, as a warning. Default: not deprecated. */
  readonly deprecated?: boolean | string;
  readonly attributes: A;
  /** Default: none. */
  readonly blocks?: B;
  /** Returns what the user wrote, completed. What is not found is an error: Terraform knows no empty data source. */
  read(call: DataSourceCall<Client, A, B>): State<A, B> | Promise<State<A, B>>;
  /** Checks attributes against each other. Default: only the attributes' own validators run. */
  validate?(call: ValidateCall<A, B>): void | Promise<void>;
}

/** A data source of a provider, whatever its schema. Made by `defineDataSource`. */
export type DataSource<Client = unknown> = DataSourceDefinition<Client, Attributes, Blocks>;

/**
 * Declares a data source. Throws when Terraform would refuse the schema.
 *
 * @example
 * const zones = defineDataSource({
 *   attributes: { names: attribute.list(attribute.string(), { computed: true }) },
 *   read: async () => ({ names: ["a", "b"] }),
 * });
 */
export function defineDataSource<Client, A extends Attributes, B extends Blocks = Record<never, never>>(
  definition: DataSourceDefinition<Client, A, B>,
): DataSource<Client> {
  checkSchema("data source", definition);
  return definition as unknown as DataSource<Client>;
}
