import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "./failure";

/** The platform's data folder: the one that was named, else the user's own. @throws UsageError */
export function dataDirOf(named: string | undefined): string {
  if (named === "") throw new UsageError("--data is empty, but it has to name a folder.");
  return named ?? join(process.env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "fairlead");
}
