import { Capabilities, type CapabilityName, withoutCapability } from "../../../lib/contract";
import { table } from "./attributes";

/** The generated parts of `docs/platform.md`: what a platform may be unable to do. */
export function platformSections(): Map<string, string> {
  const names = Object.keys(Capabilities.shape) as CapabilityName[];
  const rows = names.map((name) => [
    `\`${name}\``,
    Capabilities.shape[name].description ?? "",
    withoutCapability[name],
  ]);
  return new Map([["capabilities", table(["Capability", "With it", "Without it, users are told"], rows)]]);
}
