import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The administrator's token of a data folder: made once, in a file that only this user can read. */
export function administratorToken(dataDir: string): { token: string; tokenFile: string } {
  const tokenFile = join(dataDir, "token");
  if (!existsSync(tokenFile)) {
    // As a whole or not at all: an empty token would lock everybody out.
    writeFileSync(`${tokenFile}.tmp`, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
    renameSync(`${tokenFile}.tmp`, tokenFile);
  }
  // Also when a restore or a copy has opened it up.
  chmodSync(tokenFile, 0o600);
  return { token: readFileSync(tokenFile, "utf8").trim(), tokenFile };
}
