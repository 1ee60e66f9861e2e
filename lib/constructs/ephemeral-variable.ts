import { TerraformVariable, type TerraformVariableConfig } from "cdktf";
import type { Construct } from "constructs";

/** What an ephemeral variable may say of itself; it is text, and has no default, which would stand in the code. */
export type EphemeralVariableProps = Pick<TerraformVariableConfig, "description" | "nullable" | "validation">;

/**
 * A secret that whoever runs Terraform gives it, each time anew (to apply a saved plan and to destroy, too):
 * `TF_VAR_<name>` or `-var`. It is in no synthesized stack, no saved plan and no state (the value of a variable that is only sensitive is in saved plans). It
 * may be used where Terraform keeps nothing: an instance's `userData`, a provider's `token`.
 *
 * cdktf's own variables cannot be ephemeral, so this one is.
 *
 * @example
 * const token = new EphemeralVariable(this, "token").stringValue;
 */
export class EphemeralVariable extends TerraformVariable {
  constructor(scope: Construct, id: string, props: EphemeralVariableProps = {}) {
    super(scope, id, { ...props, type: "string", sensitive: true });
    this.addOverride("ephemeral", true);
  }
}
