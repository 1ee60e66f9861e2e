import type { TerraformMetaArguments } from "cdktf";

/** Terraform's own arguments among the props, which go to the resource as they are. */
export function metaArguments(props: TerraformMetaArguments): TerraformMetaArguments {
  return {
    provider: props.provider,
    dependsOn: props.dependsOn,
    count: props.count,
    forEach: props.forEach,
    lifecycle: props.lifecycle,
    provisioners: props.provisioners,
    connection: props.connection,
  } satisfies { readonly [K in keyof Required<TerraformMetaArguments>]: unknown };
}
