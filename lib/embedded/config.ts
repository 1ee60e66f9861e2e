import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { Capabilities, type CapabilityName, hasHostBits, Port, parseCidr, problemsOf } from "../contract";
import type { ProcessImage } from "./engine";

const text = z.string({ error: "this is text" });

function isPrivatePool(text: string): boolean {
  const cidr = parseCidr(text);
  if (cidr?.family !== 4 || hasHostBits(cidr)) return false;
  return text.startsWith("127.") && cidr.prefix >= 8 && cidr.prefix <= 24;
}

const PortRange = z
  .strictObject({ from: Port, to: Port })
  .refine(({ from, to }) => from <= to, { error: '"from" is not above "to"' });

/**
 * The platform's configuration file, JSON. Images and flavors add to the built-in ones, or replace one of
 * the same name; a flavor that says nothing of memory or CPUs does not limit them. `without` names what the
 * platform shall not do although it could, to rehearse what is meant for another one. Flags of the command win
 * over the rest.
 */
export const PlatformConfig = z
  .strictObject({
    externalIps: z
      .array(text.refine((ip) => isIP(ip) !== 0, { error: "an external address is an IP address" }))
      .min(1, { error: "at least one external address is needed" }),
    ports: PortRange,
    privateCidr: text.refine(isPrivatePool, {
      error:
        "private networks of the process engine are a network within 127.0.0.0/8 of /8 to /24, such as 127.64.0.0/10",
    }),
    images: z.record(
      text,
      z.strictObject({
        description: text.default(""),
        command: z.array(text).min(1, { error: "a command has a program and its arguments" }),
        env: z.record(text, text).optional(),
        ready: z.strictObject({ tcp: z.union([Port, z.array(Port)]) }).optional(),
      }),
    ),
    flavors: z.record(
      text,
      z.strictObject({
        description: text.default(""),
        memoryMiB: z
          .int({ error: "memory is a whole number of MiB" })
          .min(1, { error: "memory is at least 1 MiB" })
          .optional(),
        cpus: z
          .number({ error: "CPUs are a number, such as 2 or 0.5" })
          .positive({ error: "CPUs are more than 0" })
          .optional(),
      }),
    ),
    without: z.array(
      z.enum(Object.keys(Capabilities.shape) as [CapabilityName, ...CapabilityName[]], {
        error: `a capability is one of ${Object.keys(Capabilities.shape).join(", ")}`,
      }),
      { error: "this is a list of capabilities" },
    ),
  })
  .partial();
export type PlatformConfig = z.output<typeof PlatformConfig>;

/** A configuration file that cannot be used: which one, where in it, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads a configuration file. Programs of images that start with `./` or `../` are found from the file's folder.
 * @throws ConfigError
 */
export function readConfig(file: string): PlatformConfig {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const what = error instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new ConfigError(`The configuration file ${file} ${what}: ${(error as Error).message}.`);
  }
  const problems = problemsOf(PlatformConfig, value);
  if (problems.length > 0) {
    throw new ConfigError(
      `The configuration file ${file} is wrong: ${problems.map((problem) => problem.message).join(" ")}`,
    );
  }
  const config = PlatformConfig.parse(value);
  const folder = dirname(resolve(file));
  const located = (part: string): string => (/^\.{1,2}\//.test(part) ? resolve(folder, part) : part);
  const images = Object.entries(config.images ?? {}).map(([name, image]) => [
    name,
    { ...image, command: image.command.map(located) } satisfies { [K in keyof ProcessImage]: unknown },
  ]);
  return { ...config, ...(config.images ? { images: Object.fromEntries(images) } : {}) };
}
