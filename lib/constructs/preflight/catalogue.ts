import { loadContract } from "../lazy-contract";
import type { Check, PreflightFinding } from "./check";
import { type DeclaredItem, isUnknown } from "./declared";

const catalogues = [
  { argument: "image", list: "images" },
  { argument: "flavor", list: "flavors" },
] as const;

/** Images and flavors that the platform does not have. */
export const catalogue: Check = ({ declared, overview, mark }) => {
  const findings: PreflightFinding[] = [];
  const unchecked: string[] = [];
  const own = new Set(
    overview.instances.filter(({ ownershipId }) => ownershipId === mark).map(({ name }) => name),
  );
  // One that runs already keeps what it was made of.
  const runs = ({ values, importKey }: DeclaredItem) =>
    importKey !== undefined || own.has(values.name as string);
  for (const item of declared.instances) {
    for (const { argument, list } of catalogues) {
      const name = item.values[argument];
      if (isUnknown(name)) unchecked.push(argument);
      else if (typeof name === "string") {
        const problem = unknownName(argument, name, overview[list]);
        if (problem === undefined) continue;
        findings.push({
          construct: item.construct,
          level: runs(item) ? "warning" : "error",
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
