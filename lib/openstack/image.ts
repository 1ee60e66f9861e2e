import { guardKnownName, type Image, type Platform, pageOfNames } from "../contract";
import type { Cloud } from "./cloud";
import { inOurWords } from "./cloud-error";
import type { Context } from "./context";

/** An image as Glance describes it. */
interface GlanceImage {
  readonly id: string;
  readonly name: string | null;
  readonly os_distro?: string;
  readonly os_version?: string;
  readonly os_hidden?: boolean;
  readonly created_at: string;
}

/** The images of the project of the credentials: public ones, its own, and those shared with it. */
export function imageReader({ clouds }: Context): Platform["images"] {
  return {
    list: async (query = {}, { signal } = {}) =>
      inOurWords("The images could not be listed", async () => {
        const images = newestOfEachName(await activeImages(await clouds.home(), signal));
        return pageOfNames([...images].map(toImage), query);
      }),
  };
}

/**
 * The image that a name means: names need not be unique in Glance, and the newest is what a new server is to run.
 * @throws PlatformError `unknown_image`
 */
export async function findImage(
  cloud: Cloud,
  name: string,
  signal?: AbortSignal,
): Promise<{ readonly id: string }> {
  const images = newestOfEachName(await activeImages(cloud, signal));
  guardKnownName("image", name, [...images.keys()]);
  return images.get(name)!;
}

/** The name of each image, by id: servers know the id alone. Images that are hidden or gone are not among them. */
export async function imageNames(cloud: Cloud, signal?: AbortSignal): Promise<Map<string, string>> {
  return new Map((await activeImages(cloud, signal)).map((image) => [image.id, nameOf(image)]));
}

const activeImages = (cloud: Cloud, signal?: AbortSignal): Promise<GlanceImage[]> =>
  cloud.list<GlanceImage>("image", "/images", "images", { status: "active", limit: 1000 }, { signal });

function newestOfEachName(images: readonly GlanceImage[]): Map<string, GlanceImage> {
  const oldestFirst = [...images].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  return new Map(oldestFirst.map((image) => [nameOf(image), image]));
}

const nameOf = ({ name, id }: GlanceImage): string => name || id;

const toImage = ([name, { os_distro, os_version }]: readonly [string, GlanceImage]): Image => ({
  name,
  description: [os_distro, os_version].filter(Boolean).join(" "),
});
