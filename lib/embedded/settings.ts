import type { PortRange } from "../contract";

/** What the operator decides; the same for the whole life of a running platform. */
export interface PlatformSettings {
  /** Folder of the database, the token and the instances' files. */
  readonly dataDir: string;
  /** Public addresses; the first is the one that forwards get. */
  readonly externalIps: readonly string[];
  /** External ports that forwards can have. */
  readonly ports: PortRange;
  /** Network that projects take their private networks (a /24 each) from. */
  readonly privateCidr: string;
}

export const defaultSettings = {
  externalIps: ["127.0.0.1"],
  // Below the ports that Linux gives to outgoing connections (32768 and up), so that the two never meet.
  ports: { from: 20000, to: 32767 },
  privateCidr: "127.64.0.0/10",
} as const satisfies Omit<PlatformSettings, "dataDir">;
