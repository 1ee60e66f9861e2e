import * as z from "zod";
import { type CallOptions, listAll } from "./collection";
import { Flavor } from "./flavor";
import { Image } from "./image";
import type { Platform } from "./index";
import { Instance } from "./instance";
import { PlatformInfo } from "./platform-info";
import { PortForward } from "./port-forward";
import { Project } from "./project";

/**
 * What there is on a platform, as far as a caller may see it, and no more of each thing than it takes to tell whether
 * something new fits in: for a look at all of it in one request, where lists would take many.
 */
export const Overview = z.object({
  info: PlatformInfo.describe("What the platform is and can do."),
  projects: z
    .array(
      Project.pick({
        id: true,
        name: true,
        externalIps: true,
        instanceQuota: true,
        portForwardQuota: true,
        ownershipId: true,
      }),
    )
    .describe("All projects."),
  instances: z
    .array(Instance.pick({ id: true, projectId: true, name: true, ownershipId: true }))
    .describe("All instances."),
  portForwards: z
    .array(
      PortForward.pick({
        id: true,
        projectId: true,
        instanceId: true,
        protocol: true,
        internalPort: true,
        externalIp: true,
        externalPort: true,
        portCount: true,
        ownershipId: true,
      }),
    )
    .describe("All port forwards."),
  images: z.array(Image.shape.name).describe("Names of the images."),
  flavors: z.array(Flavor.shape.name).describe("Names of the flavors."),
});
export type Overview = z.output<typeof Overview>;

/** The overview of a platform: by its own way to give one, or from its lists. */
export async function overview(platform: Platform, options: CallOptions = {}): Promise<Overview> {
  if (platform.overview) return platform.overview(options);
  const [info, projects, instances, portForwards, images, flavors] = await Promise.all([
    platform.info(options),
    listAll(platform.projects, {}, options),
    listAll(platform.instances, {}, options),
    listAll(platform.portForwards, {}, options),
    listAll(platform.images, {}, options),
    listAll(platform.flavors, {}, options),
  ]);
  const name = ({ name }: { readonly name: string }) => name;
  // Without what the overview does not have.
  return Overview.parse({
    info,
    projects,
    instances,
    portForwards,
    images: images.map(name),
    flavors: flavors.map(name),
  });
}
