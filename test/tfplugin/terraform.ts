import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

const PLATFORM = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;

/** What one run of terraform left. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A directory with the fixture provider and a real terraform in it. Call `remove` at the end. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), "tfplugin-"));
  /** The provider's temporary directory: its socket files appear here. */
  private readonly sockets = join(this.directory, "tmp");
  private readonly executable: string;

  constructor() {
    const folder = join(this.directory, "terraform.d/plugins/example.com/acme/demo/1.0.0", PLATFORM);
    mkdirSync(folder, { recursive: true });
    mkdirSync(this.sockets);
    this.executable = join(folder, "terraform-provider-demo_v1.0.0");
    buildSync({
      entryPoints: [join(__dirname, "fixture/main.ts")],
      bundle: true,
      platform: "node",
      target: "node20",
      outfile: this.executable,
      banner: { js: "#!/usr/bin/env node" },
    });
    chmodSync(this.executable, 0o755);
  }

  write(configuration: string): void {
    const header = `
      terraform {
        required_providers {
          demo = { source = "example.com/acme/demo" }
        }
      }
      provider "demo" { path = "${this.storePath}" }
    `;
    writeFileSync(join(this.directory, "main.tf"), header + configuration);
  }

  get storePath(): string {
    return join(this.directory, "things.json");
  }

  terraform(...parameters: readonly string[]): Promise<Run> {
    const env = {
      ...process.env,
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: "/dev/null",
      TF_IN_AUTOMATION: "1",
      TMPDIR: this.sockets,
      ...this.environment,
    };
    return new Promise((resolve) => {
      const options = { cwd: this.directory, env, maxBuffer: 1 << 26 };
      execFile("terraform", [...parameters, "-no-color"], options, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, output: stdout + stderr });
      });
    });
  }

  /** More environment for the next runs. */
  environment: { readonly [name: string]: string } = {};

  state(): string {
    return readFileSync(join(this.directory, "terraform.tfstate"), "utf8");
  }

  /** Attributes of the first instance of a resource in the state; undefined when it is not there. */
  instance(name: string): { status?: string; attributes: { [name: string]: unknown } } | undefined {
    const { resources } = JSON.parse(this.state()) as {
      resources: {
        name: string;
        instances: { status?: string; attributes: { [name: string]: unknown } }[];
      }[];
    };
    return resources.find((resource) => resource.name === name)?.instances[0];
  }

  /** Socket files that providers left behind. */
  leftovers(): string[] {
    return readdirSync(this.sockets).filter((name) => name.startsWith("plugin"));
  }

  /** Processes of this workspace's provider that still run. */
  processes(): string[] {
    return readdirSync("/proc").filter((id) => {
      if (!/^\d+$/.test(id)) return false;
      try {
        return readFileSync(join("/proc", id, "cmdline"), "utf8").includes(this.executable);
      } catch {
        return false;
      }
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
