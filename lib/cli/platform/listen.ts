import { isIP } from "node:net";

/** Where the API listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** What an address to listen at looks like, for messages. */
export const listenForm =
  "an IP address and a port, such as 127.0.0.1:7878 or [::1]:7878; port 0 takes a free one";

/** Reads an address to listen at; undefined when it is none. */
export function parseListen(text: string): ListenAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65535 || (isIP(host) === 0 && host !== "localhost")) return undefined;
  return { host, port };
}
