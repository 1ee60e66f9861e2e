import { join, resolve } from "node:path";
import { type BackupContents, backUp, restoreBackup } from "../embedded";
import { dataDirOf } from "./data-dir";

/** `fairlead platform backup FILE`: also while the platform runs. */
export function platformBackup(file: string, { data }: { readonly data?: string }): void {
  const contents = backUp(dataDirOf(data), file);
  process.stdout.write(
    `${resolve(file)} holds ${summary(contents)}, and what instances are told at their first start.\n` +
      "It can be read by you alone, and the administrator's token is not in it.\n",
  );
}

/** `fairlead platform restore FILE`: while no platform runs on the folder. */
export function platformRestore(
  file: string,
  { data, replace }: { readonly data?: string; readonly replace?: boolean },
): void {
  const dataDir = resolve(dataDirOf(data));
  const { kept, ...contents } = restoreBackup(file, dataDir, { replace: replace === true });
  process.stdout.write(
    `${dataDir} has ${summary(contents)} now; fairlead platform start --data ${dataDir} brings them back.\n` +
      (kept === undefined ? "" : `What was there is kept as ${kept}.\n`) +
      `The administrator's token is the one in ${join(dataDir, "token")}; where there is none, the start makes one.\n`,
  );
}

function summary({ projects, instances, portForwards }: BackupContents): string {
  return `${projects} projects, ${instances} instances and ${portForwards} forwards`;
}
