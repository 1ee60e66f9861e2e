import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** This machine, in the words of Terraform. */
export const PLATFORM = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;

/** Bundles a provider into one executable script, as it would be shipped. */
export function buildProvider(entry: string, executable: string): void {
  buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    target: "node20",
    outfile: executable,
    logLevel: "warning",
  });
  chmodSync(executable, 0o755);
}

/** What one run of terraform left. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** An object in the state. */
export interface Instance {
  readonly status?: string;
  readonly attributes: { readonly [name: string]: unknown };
}

/** A directory with a real terraform in it, a new one unless it is given. Call `remove` at the end. */
export class TerraformDirectory {
  /** The provider's temporary directory: its socket files appear here. */
  private readonly sockets: string;

  constructor(readonly directory = mkdtempSync(join(tmpdir(), "tfplugin-"))) {
    this.sockets = join(directory, "tmp");
    mkdirSync(this.sockets, { recursive: true });
  }

  write(configuration: string): void {
    writeFileSync(join(this.directory, "main.tf"), configuration);
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

  /** The first instance of a resource in the state, by its name; undefined when it is not there. */
  instance(name: string): Instance | undefined {
    const { resources } = JSON.parse(this.state()) as {
      resources: { name: string; instances: Instance[] }[];
    };
    return resources.find((resource) => resource.name === name)?.instances[0];
  }

  /** Socket files that providers left behind. */
  leftovers(): string[] {
    return readdirSync(this.sockets).filter((name) => name.startsWith("plugin"));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A directory with the fixture provider, in its newest release or only in its first. */
export class Workspace extends TerraformDirectory {
  private readonly plugins = join(this.directory, "terraform.d/plugins/example.com/acme/demo");

  constructor(release: "newest" | "first" = "newest") {
    super();
    if (release === "newest") this.installNewest();
    else this.install("0.9.0", "fixture/first-release.ts");
  }

  installNewest(): void {
    this.install("1.0.0", "fixture/main.ts");
  }

  private install(version: string, source: string): void {
    const executable = join(this.plugins, version, PLATFORM, `terraform-provider-demo_v${version}`);
    buildProvider(join(__dirname, source), executable);
  }

  override write(configuration: string): void {
    const header = `
      terraform {
        required_providers {
          demo = { source = "example.com/acme/demo" }
        }
      }
      provider "demo" { path = "${this.storePath}" }
    `;
    super.write(header + configuration);
  }

  get storePath(): string {
    return join(this.directory, "things.json");
  }

  /** Processes of this workspace's provider that still run. */
  processes(): string[] {
    return readdirSync("/proc").filter((id) => {
      if (!/^\d+$/.test(id)) return false;
      try {
        return readFileSync(join("/proc", id, "cmdline"), "utf8").includes(this.plugins);
      } catch {
        return false;
      }
    });
  }
}
