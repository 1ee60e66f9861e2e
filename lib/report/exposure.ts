import { letInEveryone, servicesAt } from "../contract";
import { isKnown, type Shown } from "./shown";

/** How far a forward opens its instance, most open first. */
export const exposures = ["sensitive", "everyone", "unknown", "limited", "closed"] as const;

/** See `exposures`; `sensitive` is ssh and its like, or a database, open to everyone. */
export type Exposure = (typeof exposures)[number];

/** What people call it. */
export const exposureNames: Readonly<Record<Exposure, string>> = {
  sensitive: "administration or database open to everyone",
  everyone: "open to everyone",
  unknown: "not known before apply",
  limited: "named sources only",
  closed: "closed",
};

/** What decides about it. */
export interface Openness {
  readonly protocol: Shown<string>;
  readonly internalPort: Shown<number>;
  readonly portCount: Shown<number>;
  readonly allowedCidrs: Shown<readonly string[]>;
  readonly expiresAt: Shown<string | null>;
  readonly enabled: Shown<boolean>;
  /** What the platform says, where it has been asked. */
  readonly status: Shown<string> | undefined;
}

/** How exposed a forward is at a moment. */
export function exposureOf(forward: Openness, now: number): Exposure {
  const { enabled, expiresAt, status, allowedCidrs } = forward;
  if (enabled === false || status === "detached") return "closed";
  if (typeof expiresAt === "string" && Date.parse(expiresAt) <= now) return "closed";
  if (!isKnown(allowedCidrs)) return "unknown";
  const known = allowedCidrs.filter((cidr) => isKnown(cidr));
  const some = known.length < allowedCidrs.length;
  const isOpen = letInEveryone(known);
  // One source that lets in everyone is enough; no source at all lets in everyone, too.
  if (some && (known.length === 0 || !isOpen)) return "unknown";
  if (!isOpen) return "limited";
  return servicesOf(forward).some(({ kind }) => kind === "administration" || kind === "database")
    ? "sensitive"
    : "everyone";
}

/** What usually answers at a forward's ports; nothing where they are not known. */
export function servicesOf({ protocol, internalPort, portCount }: Openness) {
  if (!isKnown(protocol) || !isKnown(internalPort) || !isKnown(portCount)) return [];
  return servicesAt(protocol, { first: internalPort, count: portCount });
}

/** Whether a change lets in more than before. */
export function opensMore(before: Exposure | undefined, after: Exposure): boolean {
  const open = (exposure: Exposure | undefined) => exposure === "sensitive" || exposure === "everyone";
  return open(after) && (!open(before) || (after === "sensitive" && before === "everyone"));
}
