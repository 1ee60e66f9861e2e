import { execFile } from "node:child_process";

/** Where Terraform runs. */
export interface TerraformPlace {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends it; the run then fails. */
  readonly signal?: AbortSignal;
}

/** How a run of Terraform ended. */
export interface TerraformRun {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** There is no Terraform; the message says what to do. */
export class TerraformMissing extends Error {
  override readonly name = "TerraformMissing";
}

/** Terraform, or what TERRAFORM_BINARY_NAME names, as cdktf has it. */
export const terraformBinary = (): string => process.env.TERRAFORM_BINARY_NAME || "terraform";

const largestOutput = 1 << 30;

/** Runs Terraform to its end. @throws TerraformMissing */
export function runTerraform(
  command: readonly string[],
  { folder, environment, signal }: TerraformPlace,
): Promise<TerraformRun> {
  return new Promise((resolve, reject) => {
    execFile(
      terraformBinary(),
      [...command],
      { cwd: folder, env: environment as NodeJS.ProcessEnv, maxBuffer: largestOutput, signal },
      (error, stdout, stderr) => {
        if ((error as NodeJS.ErrnoException | null)?.code === "ENOENT") reject(missing());
        else resolve({ failed: error !== null, stdout, stderr });
      },
    );
  });
}

const missing = (): TerraformMissing =>
  new TerraformMissing(
    `There is no ${terraformBinary()} on the PATH. Install Terraform, or set TERRAFORM_BINARY_NAME to the program that is used instead, such as tofu.`,
  );
