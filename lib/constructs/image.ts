import type { TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { lookUp } from "./lookup";

/** What an instance can run. */
export interface IImage extends IConstruct {
  /** Name, as the platform has it. */
  readonly imageName: string;
}

/** Which image is looked up. */
export interface ImageLookupOptions {
  /** Name of an image, in which `*` stands for any text: "ubuntu-*". */
  readonly name: string;
  /**
   * Whether the newest is meant, where the name means several: the one with the highest numbers in its name, as
   * versions and dates are compared (24.04 before 22.04, 10 before 9, 24.04 before 24.04-rc1).
   * @default false; exactly one image has the name
   */
  readonly latest?: boolean;
  /**
   * The provider whose platform is asked.
   * @default the stack's default provider
   */
  readonly provider?: TerraformProvider;
}

/** What an instance can run. Images are the platform's: they are looked up, never made. */
export class Image extends Construct implements IImage {
  /**
   * An image of the platform, by its name or by the newest of a family. The platform is asked at synthesis as in
   * `Project.fromLookup`, and the answer stays in the same file: a newer image is taken when the entry is refreshed
   * (`fairlead context --refresh`), not before.
   *
   * The embedded platform has the images of its configuration. An OpenStack cloud has those that the credentials may
   * use; of several with one name it runs the newest.
   *
   * @example
   * const ubuntu = Image.fromLookup(this, "Ubuntu", { name: "ubuntu-*", latest: true });
   * project.addInstance("Web", { image: ubuntu, flavor: "small" });
   */
  static fromLookup(scope: Construct, id: string, options: ImageLookupOptions): IImage {
    return new Image(scope, id, options);
  }

  readonly imageName: string;

  private constructor(scope: Construct, id: string, { name, latest = false, provider }: ImageLookupOptions) {
    super(scope, id);
    const kind = latest ? "newest image" : "image";
    this.imageName = lookUp(this, { kind, by: { name }, provider }).name as string;
  }
}

/** The name of an image. What is neither an image nor its name is for the contract to refuse. */
export function imageNameOf(image: string | IImage): string {
  // Not `instanceof`: an image may come from another copy of this package.
  return typeof image === "object" && typeof image?.imageName === "string"
    ? image.imageName
    : (image as string);
}
