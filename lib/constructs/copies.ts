import { join } from "node:path";
import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { providerVersion } from "../bindings/release";
import { ConstructError } from "./construct-error";
import { onePerStack } from "./one-per-stack";

/** One installation of this package. */
interface Copy {
  readonly version: string;
  readonly folder: string;
}

const own: Copy = { version: providerVersion, folder: join(__dirname, "../..") };

/**
 * Refuses a construct in a stack that has constructs of another minor version: a stack has one provider, which is that
 * of one version. Copies whose versions differ in the last number only work together, as do stacks of any versions.
 * @throws ConstructError that names both
 */
export function checkCopy(construct: IConstruct): void {
  const stack = TerraformStack.of(construct);
  const first = onePerStack(stack, "copy", () => own);
  if (minorOf(first.version) === minorOf(own.version)) return;
  throw new ConstructError(construct, {
    problem: `This is of fairlead ${own.version} (${own.folder}), but the stack ${stack.node.path} has constructs of fairlead ${first.version} (${first.folder}), and a stack has one provider.`,
    fix: "Bring both to one version (`npm ls fairlead` shows who wants which), or put them into stacks of their own.",
  });
}

/** "0.1" of "0.1.7". */
function minorOf(version: string): string {
  return version.split(".", 2).join(".");
}
