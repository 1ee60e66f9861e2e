import { mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { releaseLeftOver } from "./confinement";
import { folderVariable } from "./environment";
import { endFamily, type Family } from "./family";
import { readIfThere } from "./kernel-files";
import { readProcess } from "./process-table";

/**
 * The private folders of a platform's machines: `<dataDir>/instances/<id>`, mode 700. Each is its machine's
 * working directory and holds its log, what it is told and, in `process`, which process is its command.
 */
export class InstanceFolders {
  readonly #root: string;

  /** Makes the folder of folders. Throws when the data folder cannot be written. */
  constructor(dataDir: string) {
    const root = join(dataDir, "instances");
    mkdirSync(root, { recursive: true, mode: 0o700 });
    // Without symbolic links, so that the mark is the same whichever way the next platform comes here.
    this.#root = realpathSync(root);
  }

  /** A machine's folder, there or not. Throws on ids that could lead elsewhere: folders get removed. */
  of(id: string): string {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(id)) {
      throw new Error(`"${id}" cannot be a machine's id: use letters, digits, ".", "_" and "-"`);
    }
    return join(this.#root, id);
  }

  /** Makes a machine's folder where it is missing. */
  async make(id: string): Promise<string> {
    const folder = this.of(id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** Removes a machine's folder and all in it. */
  async remove(id: string): Promise<void> {
    await rm(this.of(id), { recursive: true, force: true });
  }

  /** Removes the folders of all machines but these. */
  async removeOthers(ids: readonly string[]): Promise<void> {
    const kept = new Set(ids);
    await Promise.all(
      readdirSync(this.#root)
        .filter((id) => !kept.has(id))
        .map((id) => this.remove(id)),
    );
  }

  /**
   * Ends every process of these folders that no engine watches any more, and removes what held it; resolves with
   * their number. They are known by their mark, or as the command that `recordCommand` wrote down.
   */
  async endLeftOvers(graceMs: number): Promise<number> {
    const folders = readdirSync(this.#root).map((id) => join(this.#root, id));
    const sessions = folders.map(recordedCommand).filter((pid) => pid !== undefined);
    const count = await endFamily({ sessions, mark: `${folderVariable}=${this.#root}/` }, graceMs);
    await Promise.all(folders.map(releaseLeftOver));
    return count;
  }
}

/** The processes of the machine in a folder, given its command. */
export function familyOf(folder: string, command: number): Family {
  return { sessions: [command], mark: `${folderVariable}=${folder}\0` };
}

/** Writes down which process is the command of the machine in a folder. Throws when it cannot be written. */
export function recordCommand(folder: string, pid: number): void {
  writeFileSync(join(folder, "process"), `${pid} ${identity(pid)}\n`, { mode: 0o600 });
}

/** The recorded command, provided that it is still the same process and not a later one of its number. */
function recordedCommand(folder: string): number | undefined {
  const [pid = "", ...rest] = readIfThere(join(folder, "process")).trim().split(" ");
  return rest.length > 0 && rest.join(" ") === identity(Number(pid)) ? Number(pid) : undefined;
}

function identity(pid: number): string | undefined {
  const row = readProcess(pid);
  return row && `${row.started} ${readIfThere("/proc/sys/kernel/random/boot_id").trim()}`;
}
