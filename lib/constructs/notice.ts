import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import { underTest } from "./surroundings";

/**
 * Tells the user something at synthesis. The CDKTF command shows annotations and calls what an app writes
 * to stderr an error; an app that is run on its own shows no annotations, so there it is a line on stderr.
 * Unit tests are not told.
 */
export function notify(construct: IConstruct, level: "info" | "warning", message: string): void {
  if (underTest()) return;
  const annotations = Annotations.of(construct);
  if (level === "info") annotations.addInfo(message);
  else annotations.addWarning(message);
  if (process.env.CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS === undefined) {
    process.stderr.write(`[${construct.node.path}] ${message}\n`);
  }
}
