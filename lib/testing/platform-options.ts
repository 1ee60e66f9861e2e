import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import type * as z from "zod";
import type { CapabilityName } from "../contract";
import type { PlatformConfig } from "../embedded";
import { builtInImages } from "../embedded/engine/built-in-images";

/** A program that stands in for an image: each instance is a process that runs it. */
export interface TestImage {
  /** The program and its arguments, without a shell. It listens at FAIRLEAD_PRIVATE_IP, and stays until it is ended. */
  readonly command: string[];
  /**
   * Variables of its environment.
   * @default none but FAIRLEAD_PRIVATE_IP and its like
   */
  readonly env?: Record<string, string>;
  /**
   * TCP ports at which it has to accept before the instance is usable.
   * @default usable as soon as it runs
   */
  readonly ready?: { readonly tcp: number | number[] };
  /**
   * Text for people.
   * @default none
   */
  readonly description?: string;
}

/** A size of instances. */
export interface TestFlavor {
  /**
   * Text for people.
   * @default none
   */
  readonly description?: string;
  /**
   * Memory in MiB.
   * @default as much as there is
   */
  readonly memoryMib?: number;
  /**
   * Processors, 0.5 is half of one.
   * @default as many as there are
   */
  readonly cpus?: number;
}

/** What a platform for tests offers. */
export interface TestPlatformOptions {
  /**
   * Images besides "http-hello" (HTTP at 8080 and 8081, an SSH greeting at 2222) and "echo" (7007, tcp and udp): a
   * command that listens at FAIRLEAD_PRIVATE_IP, or the name of one of these two, which stands in for what is used in
   * earnest. Programs that begin with "./" are found from the working directory.
   * @default no others
   * @example
   * const images = { "ubuntu-24.04": "http-hello" };
   */
  readonly images?: Readonly<Record<string, string | TestImage>>;
  /**
   * Flavors besides "small" and the other built-in ones.
   * @default no others
   * @example
   * const flavors = { "m1.large": {} };
   */
  readonly flavors?: Readonly<Record<string, TestFlavor>>;
  /**
   * What the platform shall not be able to do, as the one that is used in earnest.
   * @default it can do everything
   */
  readonly without?: readonly CapabilityName[];
  /**
   * Public addresses of forwards, which this machine has to have.
   * @default a loopback address that no other test has
   */
  readonly externalIps?: readonly string[];
}

/** The configuration file of such a platform. @throws TypeError for a stand-in that there is not */
export function configurationOf({
  images = {},
  externalIps = [freshAddress()],
  without = [],
  ...rest
}: TestPlatformOptions): z.input<typeof PlatformConfig> {
  const found = Object.entries(images).map(([name, image]) => [
    name,
    typeof image === "string" ? builtInImage(image) : { ...image, command: image.command.map(located) },
  ]);
  return { ...rest, externalIps: [...externalIps], without: [...without], images: Object.fromEntries(found) };
}

const located = (part: string): string => (/^\.{1,2}\//.test(part) ? resolve(part) : part);

function builtInImage(name: string) {
  const image = builtInImages[name];
  if (image) return image;
  throw new TypeError(
    `There is no built-in image ${JSON.stringify(name)}; there are ${Object.keys(builtInImages).join(" and ")}. Others need a command: { command: ["node", "server.mjs"] }.`,
  );
}

/** One on which every port is free; systems other than Linux have 127.0.0.1 alone. */
const freshAddress = (): string =>
  process.platform === "linux"
    ? `127.${randomInt(32, 48)}.${randomInt(1, 255)}.${randomInt(1, 255)}`
    : "127.0.0.1";
