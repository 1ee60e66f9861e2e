import { join } from "node:path";
import { buildProvider, PLATFORM, TerraformDirectory } from "./terraform";

/** The version that the provider in `examples/provider` stands in for. */
export const nullProviderVersion = "3.2.4";

let host: Promise<string> | undefined;

/** Where Terraform looks for a provider whose source names no host, by its own account. */
function defaultHost(): Promise<string> {
  host ??= askForHost();
  return host;
}

async function askForHost(): Promise<string> {
  const folder = new TerraformDirectory();
  try {
    folder.write('resource "null_resource" "any" {}');
    const { output } = await folder.terraform("providers");
    const found = /provider\[(\S+)\/hashicorp\/null\]/.exec(output);
    if (!found) throw new Error(`terraform providers names no host:\n${output}`);
    return found[1]!;
  } finally {
    folder.remove();
  }
}

/**
 * Puts `examples/provider` below a directory of Terraform configuration, in the place of hashicorp/null: what is
 * written for that provider then runs without a registry, the bindings of `@cdktf/provider-null` included.
 */
export async function installNullProvider(directory: string): Promise<void> {
  const name = `terraform-provider-null_v${nullProviderVersion}`;
  const address = join(await defaultHost(), "hashicorp/null", nullProviderVersion, PLATFORM);
  const entry = join(__dirname, "../../examples/provider/main.ts");
  buildProvider(entry, join(directory, "terraform.d/plugins", address, name));
}
