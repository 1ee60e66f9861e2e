import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { ReportSource } from "../report";
import { UsageError } from "./failure";
import { stackFolders } from "./stack/folder";

const stackFile = "cdk.tf.json";

/**
 * What files and folders hold: of a folder, its synthesized stack or stacks. `-` is stdin.
 * @param stack folder of the synthesized stack that the plan or state belongs to; without it the file's own folder
 */
export function reportSources(named: readonly string[], stack: string | undefined): ReportSource[] {
  if (stack !== undefined && !existsSync(join(stack, stackFile))) {
    throw new UsageError(
      `--stack is ${JSON.stringify(stack)}, but that folder has no ${stackFile}; name the stack's folder in cdktf.out/stacks, after \`cdktf synth\`.`,
    );
  }
  return named.flatMap((name) => {
    if (name === "-") return [fromFile(0, "stdin", "stdin", stack)];
    const found = statSync(name, { throwIfNoEntry: false });
    if (!found) {
      throw new UsageError(
        `There is no ${name}. Name a synthesized stack's folder (cdktf.out holds them, after \`cdktf synth\`), or a file that \`terraform show -json\` has written; - is stdin.`,
      );
    }
    if (found.isDirectory()) return stackFolders(name).map(synthesizedIn);
    if (basename(name) === stackFile) return [synthesizedIn(dirname(resolve(name)))];
    return [fromFile(name, name, basename(name, extname(name)), stack ?? dirname(resolve(name)))];
  });
}

function synthesizedIn(folder: string): ReportSource {
  const file = join(folder, stackFile);
  if (!existsSync(file)) {
    throw new UsageError(
      `${folder} has no ${stackFile}: it is written in HCL, which only Terraform can read. Run \`terraform plan -out plan && terraform show -json plan > plan.json\` there, and pass plan.json.`,
    );
  }
  return { from: file, name: basename(folder), text: readFileSync(file, "utf8"), synthesized: undefined };
}

function fromFile(file: string | 0, from: string, name: string, folder: string | undefined): ReportSource {
  const code = folder === undefined ? undefined : join(folder, stackFile);
  return {
    from,
    name,
    text: readFileSync(file, "utf8"),
    synthesized: code !== undefined && existsSync(code) ? readFileSync(code, "utf8") : undefined,
  };
}
