import type { TerraformMetaArguments } from "cdktf";
import type { OperationTimeouts } from "./timeouts";

/** What the props of everything that is made have in common, and its resource takes as it is. */
interface CommonProps extends TerraformMetaArguments {
  readonly timeouts?: OperationTimeouts;
}

/**
 * What a generated resource is made of: its own arguments, the common ones of the props, and what counts more than
 * those. The first object takes in the others: spread into a new one, by the thousand, they take ten times as long.
 */
export function resourceConfig<Own extends object, More extends object>(
  own: Own,
  props: CommonProps,
  more: More,
): Own & CommonProps & More {
  const common = {
    provider: props.provider,
    dependsOn: props.dependsOn,
    count: props.count,
    forEach: props.forEach,
    lifecycle: props.lifecycle,
    provisioners: props.provisioners,
    connection: props.connection,
    timeouts: props.timeouts,
  } satisfies { readonly [K in keyof Required<CommonProps>]: unknown };
  return Object.assign(own, common, more);
}
