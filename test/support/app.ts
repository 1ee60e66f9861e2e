import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onCleanUp } from "./clean-up";
import type { Environment } from "./command";
import { type CompiledPackage, compilePackage } from "./compiled-package";

/** What a run of an app gave. */
export interface AppRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's app: a folder with `cdktf.json`, in which programs run as `node main.js` would. */
export class AppFolder {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "fairlead-app-")));

  constructor(private readonly fairlead: CompiledPackage) {
    writeFileSync(join(this.folder, "cdktf.json"), "{}");
  }

  /** Where the stack "dev" is synthesized. */
  get stack(): string {
    return join(this.folder, "cdktf.out/stacks/dev");
  }

  /** Runs a program that finds `stack`, `cdktf` and `fairlead`, and synthesizes. */
  run(body: string, environment: NodeJS.ProcessEnv = {}): AppRun {
    const program = `
      const cdktf = require(${JSON.stringify(require.resolve("cdktf"))});
      const fairlead = require(${JSON.stringify(join(this.fairlead.folder, "dist/index.js"))});
      const app = new cdktf.App();
      const stack = new cdktf.TerraformStack(app, "dev");
      ${body}
      app.synth();
    `;
    writeFileSync(join(this.folder, "main.js"), program);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["main.js"], {
      cwd: this.folder,
      encoding: "utf8",
      // Nothing of the machine's own settings, above all not that this runs under jest or in CI.
      env: { PATH: process.env.PATH, HOME: this.folder, ...environment },
    });
    return { status, stdout, stderr };
  }

  /** `terraform <command>` in the synthesized stack, as it ends. */
  terraform(
    environment: Environment,
    command: string,
    ...args: string[]
  ): Pick<AppRun, "status"> & { output: string } {
    const { status, stdout, stderr } = spawnSync("terraform", [command, "-no-color", ...args], {
      cwd: this.stack,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: this.folder, CHECKPOINT_DISABLE: "1", ...environment },
    });
    return { status, output: stdout + stderr };
  }

  /** The same, which has to succeed; gives what Terraform wrote. @throws Error with that */
  succeed(environment: Environment, command: string, ...args: string[]): string {
    const { status, output } = this.terraform(environment, command, ...args);
    if (status === 0) return output;
    throw new Error(`terraform ${command} ended with ${status}:\n${output}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** An app with a package of its own, compiled with `provider`; both go with the test. */
export function freshApp(provider?: string): AppFolder {
  const fairlead = compilePackage(provider);
  onCleanUp(fairlead.remove);
  const app = new AppFolder(fairlead);
  onCleanUp(() => app.remove());
  return app;
}
