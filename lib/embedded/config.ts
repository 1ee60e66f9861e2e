import { isIP } from "node:net";
import * as z from "zod";
import { Capabilities, type CapabilityName, hasHostBits, Port, parseCidr } from "../contract";

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
 * What of a configuration is about the platform itself. Images and flavors add to the built-in ones, or replace one of
 * the same name; a flavor that says nothing of memory or CPUs does not limit them. `auditDays`
 * is how far the audit log goes back, 400 unless it is said. `without` names what the platform shall not do although
 * it could, to rehearse what is meant for another one. `tcpIdleSeconds` closes TCP connections that are
 * silent for so long; without it none is. `tcpConnectionsPerForward` is how many each forward may have at a time, 10,000
 * unless it is said; each takes two file descriptors of the platform.
 */
export const PlatformConfig = z
  .strictObject({
    externalIps: z
      .array(text.refine((ip) => isIP(ip) !== 0, { error: "an external address is an IP address" }))
      .min(1, { error: "at least one external address is needed" }),
    ports: PortRange,
    tcpIdleSeconds: z
      .int({ error: "the idle time of connections is a whole number of seconds" })
      .min(1, { error: "the idle time of connections is at least 1 second; leave it out for none" })
      .max(86_400 * 7, { error: "the idle time of connections is at most a week" }),
    tcpConnectionsPerForward: z
      .int({ error: "the connections that a forward may have are a whole number" })
      .min(1, { error: "a forward may have at least 1 connection" }),
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
        memoryMib: z
          .int({ error: "memory is a whole number of MiB" })
          .min(1, { error: "memory is at least 1 MiB" })
          .optional(),
        cpus: z
          .number({ error: "CPUs are a number, such as 2 or 0.5" })
          .positive({ error: "CPUs are more than 0" })
          .optional(),
      }),
    ),
    auditDays: z
      .int({ error: "the audit log keeps a whole number of days" })
      .min(1, { error: "the audit log keeps at least 1 day" }),
    without: z.array(
      z.enum(Object.keys(Capabilities.shape) as [CapabilityName, ...CapabilityName[]], {
        error: `a capability is one of ${Object.keys(Capabilities.shape).join(", ")}`,
      }),
      { error: "this is a list of capabilities" },
    ),
  })
  .partial();
export type PlatformConfig = z.output<typeof PlatformConfig>;
