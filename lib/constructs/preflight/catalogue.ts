import { loadContract } from "../lazy-contract";
import type { Check, PreflightFinding } from "./check";
import { counterpartsIn } from "./counterparts";
import { type DeclaredItem, isUnknown } from "./declared";

const catalogues = [
  { argument: "image", list: "images" },
  { argument: "flavor", list: "flavors" },
] as const;

/** Images and flavors that the platform does not have. */
export const catalogue: Check = (look) => {
  const { declared, overview } = look;
  const findings: PreflightFinding[] = [];
  const unchecked: string[] = [];
  const counterparts = counterpartsIn(look);
  // One that runs already keeps what it was made of.
  const mayRun = (item: DeclaredItem) =>
    item.importKey !== undefined || counterparts.instances(item)?.length !== 0;
  for (const item of declared.instances) {
    for (const { argument, list } of catalogues) {
      const name = item.values[argument];
      if (isUnknown(name)) unchecked.push(argument);
      else if (typeof name === "string") {
        const problem = unknownName(argument, name, overview[list]);
        if (problem === undefined) continue;
        findings.push({
          construct: item.construct,
          level: mayRun(item) ? "warning" : "error",
          problem,
          fix: `Give \`${argument}\` one of those names.`,
        });
      }
    }
  }
  return { findings, unchecked };
};

/** What the platform itself would say. */
function unknownName(field: "image" | "flavor", name: string, known: readonly string[]): string | undefined {
  const { guardKnownName, PlatformError } = loadContract();
  try {
    guardKnownName(field, name, known);
    return undefined;
  } catch (error) {
    if (error instanceof PlatformError) return error.message;
    throw error;
  }
}
