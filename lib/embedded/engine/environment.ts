import type { Machine } from "./machine";
import { authorizedKeysFile, userDataFile } from "./machine-files";
import type { ProcessImage } from "./process-image";

/**
 * All that a command learns from the platform's own environment. A list of what may pass, since a list of
 * secrets to hold back would miss the next one.
 */
const inherited = ["PATH", "HOME", "LANG", "TZ"];

/** The variable that marks every process of a machine; its value is the machine's folder. */
export const folderVariable = "FAIRLEAD_INSTANCE_DIR";

/**
 * The variables that each command of a machine finds: FAIRLEAD_INSTANCE_ID, FAIRLEAD_INSTANCE_NAME,
 * FAIRLEAD_PROJECT_ID, FAIRLEAD_PRIVATE_IP, FAIRLEAD_IMAGE, FAIRLEAD_FLAVOR, and absolute paths:
 * FAIRLEAD_INSTANCE_DIR of its private folder, FAIRLEAD_USER_DATA_FILE and FAIRLEAD_AUTHORIZED_KEYS_FILE of
 * what is in it (see `ProcessImage`).
 */
function machineEnvironment(machine: Machine, folder: string): Record<string, string> {
  return {
    FAIRLEAD_INSTANCE_ID: machine.id,
    FAIRLEAD_INSTANCE_NAME: machine.name,
    FAIRLEAD_PROJECT_ID: machine.projectId,
    FAIRLEAD_PRIVATE_IP: machine.privateIp,
    FAIRLEAD_IMAGE: machine.image,
    FAIRLEAD_FLAVOR: machine.flavor,
    FAIRLEAD_USER_DATA_FILE: userDataFile(folder),
    FAIRLEAD_AUTHORIZED_KEYS_FILE: authorizedKeysFile(folder),
    [folderVariable]: folder,
  };
}

/** A command line that is ready to be spawned. */
export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * An image's command for one machine: placeholders filled in, environment built.
 * Throws on a placeholder `${FAIRLEAD_...}` that names no variable, and on an empty command.
 */
export function commandLine(image: ProcessImage, machine: Machine, folder: string): CommandLine {
  const own = machineEnvironment(machine, folder);
  const fill = (text: string) =>
    // Other placeholders stay as they are: they belong to whatever the command is, a shell for instance.
    text.replace(/\$\{(FAIRLEAD_[A-Z_]+)\}/g, (placeholder, name: string) => {
      const value = own[name];
      if (value !== undefined) return value;
      throw new Error(
        `image "${machine.image}" uses ${placeholder}; there are ${Object.keys(own).sort().join(", ")}`,
      );
    });

  const [program, ...args] = image.command.map(fill);
  if (program === undefined) throw new Error(`image "${machine.image}" has an empty command`);

  const env: Record<string, string> = {};
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  for (const [name, value] of Object.entries(image.env ?? {})) env[name] = fill(value);
  // Last, so that no image hides the mark by which its processes are found.
  return { program, args, env: { ...env, ...own } };
}
