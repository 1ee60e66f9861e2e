import { isAbsolute } from "node:path";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error";
import { isExpression } from "./known-value";

/**
 * Refuses a relative path: it would be looked for in the folder that Terraform runs in, and not where it was written.
 * @throws ConstructError
 */
export function checkCaFile(provider: IConstruct & { readonly caFileInput?: string | undefined }): void {
  const { caFileInput: file } = provider;
  if (file === undefined || Token.isUnresolved(file) || isExpression(file) || isAbsolute(file)) return;
  throw new ConstructError(provider, {
    problem: `\`caFile\` is ${JSON.stringify(file)}, but Terraform runs in the stack's own folder, where that is another file or none.`,
    fix: "Give an absolute path, path.resolve(__dirname, ...) for example, or leave `caFile` out and set FAIRLEAD_CA_FILE where Terraform runs.",
  });
}
