import { loadContract } from "../lazy-contract";
import type { Check, Look, PreflightFinding } from "./check";
import { type DeclaredCollection, type DeclaredItem, isUnknown } from "./declared";

/** What is asked for although the platform cannot do it. */
export const capabilities: Check = (look) => {
  const names = ["projects", "instances", "portForwards"] as const;
  const results = names.flatMap((name) => look.declared[name].map((item) => lacksAt(look, name, item)));
  return {
    findings: results.flatMap(({ findings }) => findings),
    unchecked: results.flatMap(({ unchecked }) => unchecked),
  };
};

function lacksAt({ overview }: Look, name: DeclaredCollection, item: DeclaredItem): ReturnType<Check> {
  const { collections, lackOfManagement, lacksOf, withoutCapability } = loadContract();
  const able = overview.info.capabilities;
  const findings: PreflightFinding[] = [];
  const lacking = (problem: string, capability: keyof typeof able) =>
    findings.push({
      construct: item.construct,
      level: "error",
      problem,
      fix: withoutCapability[capability],
    });
  const management = lackOfManagement(collections[name], able);
  if (management)
    lacking(`The platform only shows ${collections[name].noun}s: it lacks ${management}.`, management);
  const fields = Object.entries(item.values).map(([argument, value]) => [fieldOf(argument), value] as const);
  const known = Object.fromEntries(fields.filter(([, value]) => !isUnknown(value)));
  for (const { field, capability } of lacksOf(collections[name], known, able)) {
    lacking(`${field} is set, but the platform lacks ${capability}.`, capability);
  }
  const needs: Readonly<Record<string, keyof typeof able | undefined>> = collections[name].needs;
  const unchecked = fields.filter(([field, value]) => {
    const capability = needs[field];
    return isUnknown(value) && capability !== undefined && !able[capability];
  });
  return { findings, unchecked: unchecked.map(([field]) => field) };
}

/** "allowed_cidrs" is allowedCidrs in the contract; what is write-only has a mark in Terraform. */
const fieldOf = (argument: string): string =>
  argument.replace(/_wo$/, "").replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
