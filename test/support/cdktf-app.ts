import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freshFolder } from "./clean-up";
import { type Environment, type Finished, freshEnvironment, root, run, succeeded } from "./command";
import { asOneLine } from "./terraform";

/** An app in a folder of its own, with the built package installed, and the real cdktf for it. */
export class CdktfApp {
  /** Temporary files and settings; the app is in `path`. */
  readonly folder = freshFolder();
  readonly path = join(this.folder, "app");
  private readonly environment: Environment;

  /** @param program what `main.js` says */
  constructor(program: string, environment: Environment = {}) {
    mkdirSync(join(this.path, "node_modules"), { recursive: true });
    symlinkSync(root, join(this.path, "node_modules/fairlead"));
    for (const name of ["cdktf", "constructs"]) {
      symlinkSync(join(root, "node_modules", name), join(this.path, "node_modules", name));
    }
    const settings = {
      language: "typescript",
      app: "node main.js",
      projectId: "e2e",
      sendCrashReports: "false",
    };
    writeFileSync(join(this.path, "cdktf.json"), JSON.stringify(settings));
    this.write(program);
    this.environment = freshEnvironment(this.folder, { NO_COLOR: "1", ...environment });
  }

  /** Replaces what `main.js` says. */
  write(program: string): void {
    writeFileSync(join(this.path, "main.js"), program);
  }

  /** `cdktf <command>`, as it ends. */
  run(...args: string[]): Promise<Finished> {
    const cli = require.resolve("cdktf-cli/bundle/bin/cdktf");
    return run([process.execPath, cli, ...args], { cwd: this.path, env: this.environment });
  }

  /** `cdktf <command>`, which has to succeed; resolves with what it wrote, as one line of text. */
  async succeed(...args: string[]): Promise<string> {
    return asOneLine((await succeeded(this.run(...args))).output);
  }
}
