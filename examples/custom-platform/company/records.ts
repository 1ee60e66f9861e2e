/** The company's own words: what its API shows, and what it takes. */

export interface Tenant {
  readonly no: number;
  readonly title: string;
  readonly net: string;
  /** Whatever the customer likes; the API only keeps it. */
  readonly memo: string;
  /** Milliseconds since the epoch. */
  readonly born_at: number;
}

export interface Box {
  readonly no: number;
  readonly tenant_no: number;
  readonly title: string;
  readonly disk: string;
  readonly size: string;
  readonly ip: string;
  readonly state: "UP" | "DOWN";
  readonly memo: string;
  readonly born_at: number;
}

/** A way in: from a port of the company's public address to one of a box. */
export interface Hole {
  readonly no: number;
  readonly tenant_no: number;
  /** Null since its box is gone. */
  readonly box_no: number | null;
  readonly kind: "TCP" | "UDP";
  readonly inner: number;
  /** The next one that is free, where the customer names none. */
  readonly outer: number;
  readonly memo: string;
  readonly born_at: number;
}

/** What the bearer of a key may do, and where holes are. */
export interface Me {
  readonly may: readonly Kind[];
  readonly public_ip: string;
  readonly outer: { readonly low: number; readonly high: number };
}

/** What a key may change. */
export type Kind = "tenants" | "boxes" | "holes";

/** How a change is getting on: every change is begun at once, and done later. */
export type Job =
  | { readonly state: "RUNNING" }
  | { readonly state: "DONE"; readonly no: number }
  | { readonly state: "FAILED"; readonly why: Refusal };

export type Refusal =
  | "NO_SUCH_THING"
  | "TITLE_TAKEN"
  | "NOT_EMPTY"
  | "UNKNOWN_DISK"
  | "UNKNOWN_SIZE"
  | "OUTER_TAKEN"
  | "OUTER_UNAVAILABLE"
  | "INNER_TAKEN";

/** What boxes can be made of. */
export const catalogue = {
  disks: [
    { title: "http-hello", about: "web service on 8080 and 8081" },
    { title: "echo", about: "echo on 7007, tcp and udp" },
  ],
  sizes: [
    { title: "small", about: "for most", mb: 512, cores: 1 },
    { title: "large", about: "for more", mb: 4096, cores: 4 },
  ],
} as const;
export type Catalogue = typeof catalogue;
