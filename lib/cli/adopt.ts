import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { connect, resolveSettings } from "../connect";
import { type FoundProject, found } from "./adopt/found";
import { programOf } from "./adopt/program";
import { UsageError } from "./failure";
import { inventoryOf } from "./inventory";

/** The flags of `fairlead adopt`. */
export interface AdoptOptions {
  readonly project?: string;
  /** The file to write; without one the program goes to stdout. */
  readonly out?: string;
  /** Whether Terraform shall have instances and projects, too. */
  readonly instances?: boolean;
}

/**
 * Prints a program that takes over what was made by hand. Nothing is changed: Terraform imports what the program
 * declares, and shows that it does nothing else.
 *
 * Instances and projects are looked up, and stay as they are: a forward is a line of code, but a machine has a disk,
 * and its replacement is one changed word away. Whoever wants them in the state asks for it.
 */
export async function adopt({ project, out, instances = false }: AdoptOptions): Promise<void> {
  if (out !== undefined && existsSync(out)) {
    throw new UsageError(`${out} is there already. Name another file, or take that one away.`);
  }
  const platform = connect(resolveSettings());
  // All of them: a name that another stack's machine has, too, names none.
  const lines = await inventoryOf(platform, { project, wanted: () => true });
  const all = found(lines).map((one) => (instances ? one : withForwards(one)));
  const projects = all.filter((one) => one.instances.length > 0);
  if (projects.length === 0) {
    throw new UsageError(
      "There is nothing to adopt: every forward bears the mark of the stack that made it, or leads nowhere. `fairlead forward list --wide` shows the marks.",
    );
  }
  const program = programOf(projects, instances);
  if (out === undefined) process.stdout.write(program);
  else {
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, program);
  }
  process.stderr.write(next(projects, out));
}

const withForwards = (project: FoundProject): FoundProject => ({
  ...project,
  instances: project.instances.filter(({ forwards }) => forwards.length > 0),
});

function next(projects: readonly FoundProject[], out: string | undefined): string {
  const instances = projects.flatMap((project) => project.instances);
  const forwards = instances.flatMap((instance) => instance.forwards).length;
  const detached = projects.flatMap((project) => project.detached).length;
  return [
    `${forwards} forwards of ${instances.length} instances in ${projects.map(({ project }) => project.name).join(", ")}.`,
    ...(detached > 0 ? [`${detached} that lead nowhere are left out: nothing is there to forward to.`] : []),
    `Next: \`cdktf diff\`${out === undefined ? "" : ` with ${out} as the app`}; it shows what is imported, and 0 to add, 0 to change, 0 to destroy. \`cdktf deploy\` then does it.`,
    "Each stack has a state of its own. Taking the file away destroys nothing; taking one forward out of it destroys that one, and the diff says so before.",
    "",
  ].join("\n");
}
