import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { askedKeysVariable } from "../../constructs/context-file";
import { UsageError } from "../failure";

/**
 * The keys that an app asks for: it is run, as `cdktf synth` runs it, and says so when it ends. What it synthesizes
 * goes to a temporary folder; what it prints, to stderr.
 * @throws UsageError when it cannot be run to its end, since then nobody knows what it would have asked for
 */
export async function keysAskedFor(contextFile: string): Promise<ReadonlySet<string>> {
  const folder = dirname(contextFile);
  const command = appCommand(folder);
  const temporary = mkdtempSync(join(tmpdir(), "fairlead-context-"));
  try {
    const record = join(temporary, "keys");
    writeFileSync(record, "");
    const app = spawn(command, {
      cwd: folder,
      shell: true,
      stdio: ["ignore", 2, 2],
      env: { ...process.env, CDKTF_OUTDIR: join(temporary, "cdktf.out"), [askedKeysVariable]: record },
    });
    const [code, signal] = (await once(app, "exit")) as [number | null, string | null];
    if (code !== 0) {
      throw new UsageError(
        `\`${command}\` ended with ${signal ?? `exit code ${code}`}, so it is not known what it asks for; nothing is removed. Make it run, as for cdktf synth, and prune again.`,
      );
    }
    return new Set(readFileSync(record, "utf8").split("\n").filter(Boolean));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** How the app is run, as `cdktf.json` says. */
function appCommand(folder: string): string {
  const file = join(folder, "cdktf.json");
  try {
    const { app } = JSON.parse(readFileSync(file, "utf8")) as { app?: unknown };
    if (typeof app === "string" && app !== "") return app;
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read (${(error as Error).message}), and it says how the app is run. Run this in the folder of your app.`,
    );
  }
  throw new UsageError(`${file} has no \`app\`, the command that runs the app: "app": "node main.js".`);
}
