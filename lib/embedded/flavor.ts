import type { Flavor } from "../contract";
import type { PlatformConfig } from "./config";

const builtIn: NonNullable<PlatformConfig["flavors"]> = {
  small: { description: "1 CPU, 512 MB", memoryMiB: 512, cpus: 1 },
  medium: { description: "2 CPUs, 2 GB", memoryMiB: 2048, cpus: 2 },
  large: { description: "4 CPUs, 8 GB", memoryMiB: 8192, cpus: 4 },
};

/** The flavors that there always are and those of the configuration, which win. */
export function flavorsOf(configured: PlatformConfig["flavors"] = {}): Flavor[] {
  return Object.entries({ ...builtIn, ...configured })
    .map(([name, { description, memoryMiB = null, cpus = null }]) => ({ name, description, memoryMiB, cpus }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
