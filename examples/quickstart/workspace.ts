import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { start } from "./child";

/**
 * Nothing that asks the network, and no colours. And no cache of plugins: cdktf has Terraform keep one for all
 * projects of the user, which would point into this folder when it is gone, or into that of a run beside this one.
 */
const quiet = {
  CHECKPOINT_DISABLE: "1",
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
  TF_PLUGIN_CACHE_DIR: undefined,
};

/** A folder with a copy of the program, in which it is changed and deployed as its author would. */
export class Workspace {
  readonly folder: string;
  private readonly program: string;

  constructor(root: string, program: string) {
    // Inside of the checkout, so that the program finds its packages.
    this.folder = mkdtempSync(join(root, ".quickstart-"));
    this.program = join(this.folder, "main.ts");
    cpSync(program, this.program);
    const settings = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8"));
    const app = `${JSON.stringify(process.execPath)} --import tsx main.ts`;
    writeFileSync(join(this.folder, "cdktf.json"), JSON.stringify({ ...settings, app }, null, 2));
  }

  /** Its path as one would type it. */
  get path(): string {
    return relative(process.cwd(), this.folder) || ".";
  }

  /** Changes the program. */
  edit(before: string, after: string): void {
    const text = readFileSync(this.program, "utf8");
    if (!text.includes(before)) throw new Error(`the program does not say ${before}`);
    writeFileSync(this.program, text.replace(before, after));
  }

  /** Runs cdktf and returns what it wrote. @throws Error with the end of it when it fails */
  async cdktf(args: readonly string[], environment: Record<string, string>): Promise<string> {
    const logFile = join(this.folder, `cdktf-${args[0]}.log`);
    const log = openSync(logFile, "w");
    const cli = require.resolve("cdktf-cli/bundle/bin/cdktf");
    // A token of the user's own belongs to another platform, and would win over the token file.
    const { FAIRLEAD_TOKEN: _, ...withoutToken } = process.env;
    const child = start([process.execPath, cli, ...args], {
      cwd: this.folder,
      env: { ...withoutToken, ...environment, ...quiet },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const code = await child.exit;
    const text = stripVTControlCharacters(readFileSync(logFile, "utf8"));
    if (code === 0) return text;
    const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^[⠀-⣿]/.test(line));
    throw new Error(`cdktf ${args[0]} failed:\n${lines.slice(-40).join("\n")}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
