import { dirname, resolve } from "node:path";
import * as z from "zod";
import { PlatformConfig } from "../../embedded";
import { waitForm, waitOf } from "../duration";
import { readConfigFile } from "./config-file";
import { listenForm, parseListen } from "./listen";
import { logFormats, logLevels } from "./log-writer";

const oneOf = (words: readonly string[]) => ({ error: `it is one of ${words.join(", ")}` });
const path = z.string({ error: "it is the path of a file" }).min(1, { error: "it is the path of a file" });
const flag = z.boolean({ error: "it is true or false" });
const rate = { error: "it is a number of requests, at least 1" };

/**
 * The configuration file of `fairlead platform start`, JSON or YAML: every flag has its key, and a flag wins over it.
 * Paths, and programs of images that begin with `./` or `../`, are found from the file's folder.
 */
export const StartConfig = PlatformConfig.extend({
  listen: z.string().refine((text) => parseListen(text) !== undefined, { error: `it is ${listenForm}` }),
  data: path,
  connectionLog: path,
  drain: z.string().refine((text) => waitOf(text) !== undefined, { error: `it is ${waitForm}` }),
  expose: flag,
  tlsCert: path,
  tlsKey: path,
  logFormat: z.enum(logFormats, oneOf(logFormats)),
  logLevel: z.enum(logLevels, oneOf(logLevels)),
  json: flag,
  /** How much one token may ask for. */
  rateLimit: z.strictObject({ perSecond: z.number(rate).min(1, rate), burst: z.number(rate).min(1, rate) }),
}).partial();
export type StartConfig = z.output<typeof StartConfig>;

/** Reads a configuration file. @throws ConfigError with line, column and path of everything that is wrong */
export function readConfig(file: string): StartConfig {
  const config = readConfigFile(file, StartConfig);
  const located = (name: string): string => resolve(dirname(resolve(file)), name);
  const images = Object.entries(config.images ?? {}).map(([name, image]) => [
    name,
    { ...image, command: image.command.map((part) => (/^\.{1,2}\//.test(part) ? located(part) : part)) },
  ]);
  const paths = (["data", "connectionLog", "tlsCert", "tlsKey"] as const).flatMap((key) => {
    const written = config[key];
    return written === undefined ? [] : [[key, located(written)]];
  });
  return {
    ...config,
    ...Object.fromEntries(paths),
    ...(config.images ? { images: Object.fromEntries(images) } : {}),
  };
}
