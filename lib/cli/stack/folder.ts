import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UsageError } from "../failure";

/**
 * The folder of a Terraform configuration: the one that is named, or that of the only stack of the cdktf project
 * that is named.
 * @throws UsageError that says which folders there are
 */
export function stackFolder(named: string): string {
  const stacks = stackFolders(named);
  if (stacks.length === 1) return stacks[0]!;
  throw new UsageError(
    `${named} holds ${stacks.length} stacks. Name one of them:\n${stacks.map((stack) => `  ${relative(process.cwd(), stack) || "."}`).join("\n")}`,
  );
}

/**
 * The folders of Terraform configurations: the one that is named, or those of all stacks of the cdktf project that is
 * named.
 * @throws UsageError when there is none
 */
export function stackFolders(named: string): string[] {
  const folder = resolve(named);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${named} is no folder; name the one that holds your Terraform configuration.`);
  }
  if (configurationFiles(folder).length > 0) return [folder];
  const stacks = stacksOf(folder);
  if (stacks.length > 0) return stacks;
  throw new UsageError(
    `${named} holds no Terraform configuration (*.tf, *.tf.json) and no synthesized stack; name the folder that does, after \`cdktf synth\` for example.`,
  );
}

/** Names of a folder's Terraform files, both syntaxes. */
export function configurationFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.tf(\.json)?$/.test(name) && !name.startsWith("."))
    .sort();
}

/** The synthesized stacks of a cdktf project, or of what it has synthesized. */
function stacksOf(project: string): string[] {
  const places = [join(project, outputOf(project), "stacks"), join(project, "stacks")];
  const stacks = places.find((place) => existsSync(place));
  if (stacks === undefined) return [];
  return readdirSync(stacks)
    .map((name) => join(stacks, name))
    .filter((stack) => statSync(stack).isDirectory() && configurationFiles(stack).length > 0)
    .sort();
}

/** Where a cdktf project synthesizes to. */
function outputOf(project: string): string {
  try {
    const { output } = JSON.parse(readFileSync(join(project, "cdktf.json"), "utf8")) as { output?: unknown };
    return typeof output === "string" ? output : "cdktf.out";
  } catch {
    return "cdktf.out";
  }
}
