import { Capabilities, type CapabilityName, contractEdition, type PlatformInfo } from "../contract";
import type { Engine } from "./engine";
import type { PlatformSettings } from "./settings";

/** The gateway relays: instances see this machine. And whoever runs on it reaches every address of its loopback. */
const never: readonly CapabilityName[] = ["clientAddress", "projectIsolation"];

/** What this platform is and can do: all that there is, save what the engine cannot do here and what it shall not. */
export async function platformInfo(
  { ports }: PlatformSettings,
  engine: Pick<Engine, "limits">,
  { version, without = [] }: { readonly version: string; readonly without?: readonly CapabilityName[] },
): Promise<PlatformInfo> {
  const limits = await engine.limits();
  const lacking = new Set<CapabilityName>([...never, ...without]);
  if (!limits.memory) lacking.add("memoryLimits");
  if (!limits.cpus) lacking.add("cpuLimits");
  const names = Object.keys(Capabilities.shape) as CapabilityName[];
  return {
    version,
    contractEdition,
    capabilities: Object.fromEntries(names.map((name) => [name, !lacking.has(name)])) as Capabilities,
    externalPorts: { from: ports.from, to: ports.to },
    sharedExternalIps: true,
  };
}
