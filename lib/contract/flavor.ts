import * as z from "zod";
import { catalogue } from "./collection";
import { CatalogueName, Description } from "./fields";

/** How large an instance can be. */
export const Flavor = z.object({
  name: CatalogueName.describe("Name, unique on the platform."),
  description: Description.describe("Free text for people."),
  memoryMib: z.int().min(1).nullable().describe("Memory in MiB; null when it is not limited."),
  cpus: z
    .number()
    .positive()
    .nullable()
    .describe("CPUs, parts of one included; null when they are not limited."),
});
export type Flavor = z.output<typeof Flavor>;

export const flavors = catalogue({ path: "flavors", noun: "flavor", entity: Flavor });
