import * as z from "zod";
import { catalogue } from "./collection";
import { CatalogueName, Description } from "./fields";

/** What an instance can run. */
export const Image = z.object({
  name: CatalogueName.describe("Name, unique on the platform."),
  description: Description.describe("Free text for people."),
});
export type Image = z.output<typeof Image>;

export const images = catalogue({ path: "images", noun: "image", entity: Image });
