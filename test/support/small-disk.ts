import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freshFolder, onCleanUp } from "./clean-up";

/** A disk of its own, in memory, which goes with the test. */
export interface SmallDisk {
  readonly path: string;
  /** Fills it to the last byte. */
  fill(): void;
  /** Takes away what `fill` has written. */
  makeRoom(): void;
  /** Lets nobody write any more. */
  makeReadOnly(): void;
}

/** Mounts a disk; only root can. */
export function smallDisk(mebibytes: number): SmallDisk {
  const path = join(freshFolder(), "disk");
  const ballast = join(path, "ballast");
  mkdirSync(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path], { stdio: "pipe" });
  onCleanUp(() => void execFileSync("umount", ["--lazy", path]));
  return {
    path,
    fill: () => {
      writeFileSync(ballast, "");
      for (const size of [1 << 20, 1 << 12]) {
        try {
          for (;;) appendFileSync(ballast, Buffer.alloc(size));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
    },
    makeRoom: () => rmSync(ballast),
    makeReadOnly: () => void execFileSync("mount", ["-o", "remount,ro", path]),
  };
}

/** Whether this user may mount disks, in this environment. */
export function canMount(): boolean {
  const path = freshFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path], { stdio: "pipe" });
    execFileSync("umount", [path]);
    return true;
  } catch {
    return false;
  }
}
