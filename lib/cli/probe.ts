import { join } from "node:path";
import { type ProbeArguments, probeCommand } from "../probe";

/** Connects through a forward; the exit code says whether that works. */
export async function probe(options: ProbeArguments): Promise<void> {
  process.exitCode = await probeCommand(options, join(__dirname, "terraform-provider-fairlead"));
}
