import { type Flavor, guardKnownName, type Platform, pageOfNames } from "../contract";
import type { Cloud } from "./cloud";
import { inOurWords } from "./cloud-error";
import type { Context } from "./context";

/** A flavor as Nova describes it. */
interface NovaFlavor {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly ram: number;
  readonly vcpus: number;
  readonly disk: number;
}

/** The flavors that the project of the credentials may use. */
export function flavorReader({ clouds }: Context): Platform["flavors"] {
  return {
    list: async (query = {}, { signal } = {}) =>
      inOurWords("The flavors could not be listed", async () => {
        const flavors = await novaFlavors(await clouds.home(), signal);
        return pageOfNames(flavors.map(toFlavor), query);
      }),
  };
}

/** The flavor that a name means; Nova keeps names unique. @throws PlatformError `unknown_flavor` */
export async function findFlavor(
  cloud: Cloud,
  name: string,
  signal?: AbortSignal,
): Promise<{ readonly id: string }> {
  const flavors = await novaFlavors(cloud, signal);
  guardKnownName(
    "flavor",
    name,
    flavors.map((flavor) => flavor.name),
  );
  return flavors.find((flavor) => flavor.name === name)!;
}

const novaFlavors = (cloud: Cloud, signal?: AbortSignal): Promise<NovaFlavor[]> =>
  cloud.list<NovaFlavor>("compute", "/flavors/detail", "flavors", {}, { signal });

const toFlavor = ({ name, description, ram, vcpus, disk }: NovaFlavor): Flavor => ({
  name,
  description: description || (disk > 0 ? `${disk} GiB of disk` : ""),
  memoryMib: Math.max(1, ram),
  cpus: Math.max(1, vcpus),
});
