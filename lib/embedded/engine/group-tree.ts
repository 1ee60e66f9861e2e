import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { groupPrefix } from "./control-group";
import { attempt, readIfThere, wordsOf } from "./kernel-files";

/** A control group below which this process may make others, and what these can be held to. */
export interface GroupTree {
  readonly folder: string;
  readonly memory: boolean;
  readonly cpus: boolean;
}

const ownLeaf = `${groupPrefix}platform`;

/**
 * The control group that those of machines belong into: this process's own, in cgroup v2. Where it cannot be
 * used, the reason in words.
 *
 * cgroup v2 limits only the children of groups that hold no process themselves. Where this process is alone in
 * its group, as in a unit with `Delegate=yes`, it therefore moves itself into one below.
 */
export function findGroupTree(): GroupTree | string {
  const own = ownGroup();
  if (own === undefined) return "there is no cgroup v2 here";
  // An earlier call may have moved this process.
  const folder = basename(own) === ownLeaf ? dirname(own) : own;
  const offered = wordsOf(join(folder, "cgroup.controllers"));
  const wanted = ["memory", "cpu"].filter((name) => offered.includes(name));
  if (wanted.length === 0) return `the control group ${folder} has neither a memory nor a cpu controller`;
  const files = [".", "cgroup.procs", "cgroup.subtree_control"].map((file) => join(folder, file));
  if (!files.every((file) => attempt(() => accessSync(file, constants.W_OK)))) {
    return `the control group ${folder} is not this user's`;
  }

  const enabled = (name: string) => wordsOf(join(folder, "cgroup.subtree_control")).includes(name);
  if (!wanted.every(enabled)) {
    if (!emptied(folder)) {
      return `the control group ${folder} holds other processes too; systemd-run --user --scope -p Delegate=yes starts the platform in one of its own`;
    }
    for (const name of wanted) {
      attempt(() => writeFileSync(join(folder, "cgroup.subtree_control"), `+${name}`));
    }
  }
  return { folder, memory: enabled("memory"), cpus: enabled("cpu") };
}

/** Moves this process out of its group when it is the only one there. False when there are others. */
function emptied(folder: string): boolean {
  // The root of all groups may hold processes, and is the only one without a type.
  if (!existsSync(join(folder, "cgroup.type"))) return true;
  const members = wordsOf(join(folder, "cgroup.procs"));
  if (members.length === 0) return true;
  if (members.length > 1 || members[0] !== String(process.pid)) return false;
  return attempt(() => {
    const leaf = join(folder, ownLeaf);
    mkdirSync(leaf, { recursive: true });
    writeFileSync(join(leaf, "cgroup.procs"), String(process.pid));
  });
}

/** The folder of this process's group in cgroup v2; undefined where it is not to be seen. */
function ownGroup(): string | undefined {
  const path = /^0::(.*)$/m.exec(readIfThere("/proc/self/cgroup"))?.[1];
  // Root, mount point, options, optional fields, a dash, the type.
  const mount = /^\d+ \d+ \S+ (\S+) (\S+) .* - cgroup2 /m.exec(readIfThere("/proc/self/mountinfo"));
  if (path === undefined || !mount) return undefined;
  const [, root = "", point = ""] = mount;
  const below = relative(root, path);
  return below.startsWith("..") ? undefined : join(point, below);
}
