import { runTerraform, type TerraformRun, terraformBinary } from "../../terraform";
import { UsageError } from "../failure";

/**
 * The states of a configuration, one of each workspace, as JSON; whichever backend keeps them. A workspace without a
 * state has none here.
 * @throws UsageError with what Terraform says, when a state cannot be read
 */
export async function pullStates(folder: string): Promise<string[]> {
  const states: string[] = [];
  for (const workspace of await workspacesOf(folder)) {
    const { failed, stdout, stderr } = await terraform(folder, ["state", "pull"], workspace);
    if (failed) {
      const which = workspace === undefined ? "" : ` (workspace ${workspace})`;
      throw new UsageError(
        `The state of ${folder}${which} cannot be read. Run \`${terraformBinary()} init\` in that folder if that was not done yet. \`${terraformBinary()} state pull\` says:\n${spoken(stderr || stdout)}`,
      );
    }
    if (stdout.trim() !== "") states.push(stdout);
  }
  return states;
}

/** Every workspace; only the current one, undefined, where the backend has no workspaces or does not list them. */
async function workspacesOf(folder: string): Promise<(string | undefined)[]> {
  const { failed, stdout } = await terraform(folder, ["workspace", "list"], undefined);
  const names = [...stdout.matchAll(/^[* ] (\S+)$/gm)].map((match) => match[1]);
  return failed || names.length === 0 ? [undefined] : names;
}

function terraform(
  folder: string,
  command: readonly string[],
  workspace: string | undefined,
): Promise<TerraformRun> {
  const environment = { ...process.env };
  if (workspace !== undefined) environment.TF_WORKSPACE = workspace;
  return runTerraform([...command, "-no-color"], { folder, environment });
}

/** What a diagnostic says, without the frame around it. */
function spoken(output: string): string {
  return output
    .split("\n")
    .map((line) => line.replace(/^[│╷╵] ?/, "").trimEnd())
    .filter((line) => line !== "")
    .map((line) => `  ${line}`)
    .join("\n");
}
