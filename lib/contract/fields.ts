import { isIP } from "node:net";
import * as z from "zod";
import { formatCidr, hasHostBits, parseCidr } from "./cidr";
import { maxPortCount } from "./port-range";

/** The scalars that entities are made of. Each `error` says what is allowed; validation adds what was given. */

const name =
  "1 to 63 letters, digits, dots, underscores, hyphens or spaces, the first and the last a letter or digit";

/** A name that people choose. */
export const Name = z
  .string({ error: `a name has ${name}` })
  .regex(/^(?=.{1,63}$)[\p{L}\p{N}]([\p{L}\p{M}\p{N}._ -]*[\p{L}\p{M}\p{N}])?$/u, {
    error: `a name has ${name}`,
  });

/** A name that the platform's operator gave to an image or flavor: `Ubuntu 24.04 LTS (amd64)`. */
export const CatalogueName = z
  .string({ error: "a name is text" })
  .regex(/^\P{C}{1,255}$/u, { error: "a name has 1 to 255 characters" });

/** An identifier that the platform makes. */
export const Id = z.string({ error: "an id is a string" }).min(1, { error: "an id is not empty" }).max(255);

/** What makes a create repeatable: visible ASCII, so that it travels in a header as it is. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: "an idempotency key has 1 to 255 visible ASCII characters" });

/** Free text for people. */
export const Description = z
  .string({ error: "a description is text" })
  .max(1000, { error: "a description has at most 1,000 characters" });

/** As many labels as an entity has at most. */
const maxLabels = 64;
const labelKey = /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?)?$/;
const labelRule =
  "label keys and values have 1 to 63 letters, digits, dots, underscores, slashes or hyphens, the first and the last a letter or digit; a value may be empty";

/** Labels: key and value, for programs and people to select by. At most 64. */
export const Labels = z
  .record(
    z.string().regex(labelKey, { error: labelRule }),
    z.string({ error: labelRule }).regex(labelValue, { error: labelRule }),
    {
      error: (issue) => (issue.code === "invalid_key" ? labelRule : "labels are a map of strings"),
    },
  )
  .refine((labels) => Object.keys(labels).length <= maxLabels, {
    error: `at most ${maxLabels} labels are allowed`,
  });

/** `env=prod,tier=web`: entities that bear each of these labels, as many as an entity can have at most. */
export const LabelSelector = z
  .string()
  .refine(
    (text) =>
      text.split(",").every((term) => {
        const [key = "", value, ...rest] = term.split("=");
        return rest.length === 0 && value !== undefined && labelKey.test(key) && labelValue.test(value);
      }),
    { error: "a label selector reads key=value, several joined by commas" },
  )
  .refine((text) => text.split(",").length <= maxLabels, {
    error: `a label selector has at most ${maxLabels} labels`,
  });

/** Whose an entity is: what the provider that made it calls its stack, by default the stack's path. */
export const OwnershipId = z
  .string({ error: "an ownership id is text" })
  .regex(/^\P{C}{1,255}$/u, { error: "an ownership id has 1 to 255 printable characters" });

const port = "a port is a whole number from 1 to 65535";

/** A TCP or UDP port. */
export const Port = z
  .number({ error: port })
  .int({ error: port })
  .min(1, { error: port })
  .max(65535, { error: port });

const portCount = `a forward covers 1 to ${maxPortCount} ports`;

/** How many consecutive ports a forward covers. */
export const PortCount = z
  .number({ error: portCount })
  .int({ error: portCount })
  .min(1, { error: portCount })
  .max(maxPortCount, { error: portCount });

/** An IPv4 or IPv6 address, as the platform writes it. */
export const IpAddress = z
  .string({ error: "an address is an IP address" })
  .refine((text) => isIP(text) !== 0, { error: "an address is an IPv4 or IPv6 address such as 203.0.113.5" });

/** Transport protocol of a forward. */
export const Protocol = z.enum(["tcp", "udp"], { error: 'a protocol is "tcp" or "udp"' });

/** An IPv4 or IPv6 network. */
export const CidrText = z
  .string({ error: "a source is a CIDR such as 198.51.100.0/24" })
  .superRefine((text, context) => {
    const cidr = parseCidr(text);
    if (!cidr) {
      const single = isIP(text) ? `${text}/${isIP(text) === 4 ? 32 : 128}` : undefined;
      context.addIssue({
        code: "custom",
        message: `a source is a CIDR such as ${single ?? "198.51.100.0/24 or 2001:db8::/32"}`,
      });
    } else if (hasHostBits(cidr)) {
      context.addIssue({
        code: "custom",
        message: `address bits behind the prefix must be zero: write ${formatCidr(cidr)}`,
      });
    }
  });

/** Sources that may use a forward. */
export const Cidrs = z
  .array(CidrText, { error: "sources are a list of CIDRs" })
  .max(256, { error: "at most 256 sources are allowed" });

/** When something happened, in UTC: `2026-01-31T12:00:00.000Z`. */
export const Timestamp = z.iso.datetime();

/**
 * When something is to happen: an absolute time with its offset, `2026-12-31T18:00:00+09:00` or `...Z`. It is kept as
 * it was written.
 */
export const Deadline = z.iso.datetime({
  offset: true,
  error: "a time is absolute and has an offset, such as 2026-12-31T18:00:00Z or 2026-12-31T18:00:00+09:00",
});

/** A yes or no. */
export const Flag = z.boolean({ error: "this is true or false" });

/** How many of something a project may have; null: as many as it likes. */
export const Quota = z
  .number({ error: "a quota is a whole number from 0 to 1,000,000, or null for none" })
  .int({ error: "a quota is a whole number" })
  .min(0, { error: "a quota is at least 0" })
  .max(1_000_000, { error: "a quota is at most 1,000,000" });

const sshKey =
  /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,2}( \P{C}*)?$/u;
const sshKeyRule =
  "an SSH key is a public key on one line as in id_ed25519.pub: type, key and, if you like, a comment";

/** Public keys that may log in to an instance, as in `authorized_keys`. */
export const SshKeys = z
  .array(
    z.string({ error: sshKeyRule }).max(8192, { error: sshKeyRule }).regex(sshKey, { error: sshKeyRule }),
    {
      error: "SSH keys are a list of public keys",
    },
  )
  .max(64, { error: "at most 64 SSH keys are allowed" });

const maxUserDataBytes = 48 * 1024;

/** What an instance is told at its first start, cloud-init's `user-data` for example. At most 48 KiB. */
export const UserData = z
  .string({ error: "user data is text" })
  .refine((text) => Buffer.byteLength(text) <= maxUserDataBytes, {
    error: `user data has at most ${maxUserDataBytes} bytes`,
  });

/** Counts the changes of an entity, from 1; sent back as `If-Match` it guards against changing what someone else changed. */
export const Revision = z.int().min(1);
