import { runTerraform, type TerraformPlace, type TerraformRun } from "../terraform";

/** What leads Terraform, or the provider behind it, elsewhere than where the test wants it. */
const misleading = /^(FAIRLEAD_|OS_|TF_(WORKSPACE|DATA_DIR|CLI_ARGS|LOG|VAR_)|NODE_OPTIONS$)/;

/** Runs Terraform with the environment of the test, but for what would lead it away. @throws Error */
export async function terraform(place: TerraformPlace, ...command: readonly string[]): Promise<TerraformRun> {
  const inherited = Object.entries(process.env).filter(([name]) => !misleading.test(name));
  const environment = {
    ...Object.fromEntries(inherited),
    ...place.environment,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
  };
  const run = await runTerraform(command, { ...place, environment });
  if (place.signal?.aborted) throw new Error("The platform was closed while Terraform ran.");
  return run;
}
