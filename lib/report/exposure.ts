import { parseCidr, servicesAt } from "../contract";
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
  if (!letsInEveryone(allowedCidrs))
    return allowedCidrs.some((cidr) => !isKnown(cidr)) ? "unknown" : "limited";
  return servicesOf(forward).some(({ kind }) => kind === "administration" || kind === "database")
    ? "sensitive"
    : "everyone";
}

/** What usually answers at a forward's ports; nothing where they are not known. */
export function servicesOf({ protocol, internalPort, portCount }: Openness) {
  if (!isKnown(protocol) || !isKnown(internalPort) || !isKnown(portCount)) return [];
  return servicesAt(protocol, { first: internalPort, count: portCount });
}

/** Whether nobody is kept out: no sources are named, or together they are half of the internet or more. */
function letsInEveryone(allowedCidrs: readonly Shown<string>[]): boolean {
  if (allowedCidrs.length === 0) return true;
  const share = { 4: 0, 6: 0 };
  for (const text of allowedCidrs) {
    const cidr = isKnown(text) ? parseCidr(text) : undefined;
    if (cidr) share[cidr.family] += 2 ** -cidr.prefix;
  }
  return share[4] >= 0.5 || share[6] >= 0.5;
}

/** Whether a change lets in more than before. */
export function opensMore(before: Exposure | undefined, after: Exposure): boolean {
  const open = (exposure: Exposure | undefined) => exposure === "sensitive" || exposure === "everyone";
  return open(after) && (!open(before) || (after === "sensitive" && before === "everyone"));
}
