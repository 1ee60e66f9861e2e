import type { Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Platform } from "../contract";
import { silent } from "../log";
import { type AppOptions, platformApp } from "./app";
import type { Authenticate } from "./authentication";
import { closerOf } from "./closing";
import type { MetricFamily, MetricSample } from "./exposition";
import { type ConnectionLimits, defaultLimits, enforceLimits, limitOptions } from "./limits";
import type { RateLimit } from "./rate-limit";
import { followRenewals, type TlsFiles, tlsOptions } from "./tls";

export type { AppOptions, Authenticate, ConnectionLimits, MetricFamily, MetricSample, RateLimit, TlsFiles };

/** How a platform is served. */
export interface ServeOptions extends AppOptions {
  /** Address to listen on, such as "127.0.0.1". */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Certificate and key. @default HTTP without TLS */
  readonly tls?: TlsFiles | undefined;
  /** What a connection may take. @default 4,096 connections, a head of 16 KiB within 30 s, all of a request within 60 s, an answer taken within 60 s */
  readonly limits?: Partial<ConnectionLimits>;
}

/** A served platform. */
export interface PlatformServer {
  /** Base URL for clients. */
  readonly endpoint: string;
  /** Answers what is under way, then takes no more. */
  close(): Promise<void>;
}

/** Connections that may wait to be accepted: an apply may come with a thousand at once. The kernel caps it. */
const backlog = 4_096;

/** Serves any platform over HTTP. @throws Error when the address cannot be bound or the certificate not be used */
export async function servePlatform(platform: Platform, options: ServeOptions): Promise<PlatformServer> {
  const { tls, log = silent } = options;
  const { fetch } = platformApp(platform, options);
  const limits = { ...defaultLimits, ...options.limits };
  const serverOptions = limitOptions(limits);
  const server = createAdaptorServer(
    tls
      ? { fetch, createServer: createTlsServer, serverOptions: { ...serverOptions, ...tlsOptions(tls) } }
      : { fetch, serverOptions },
  ) as Server;
  enforceLimits(server, limits, log);
  const close = closerOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port, host: options.host, backlog }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // One connection could not be taken, for want of descriptors for example; unheard, it would end the process.
  server.on("error", (error) => log.warn(`a connection could not be taken: ${error.message}`));
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const unfollow = tls && followRenewals(server as TlsServer, tls, log);
  return {
    endpoint: `${tls ? "https" : "http"}://${host}:${port}`,
    close: () => {
      unfollow?.();
      return close();
    },
  };
}
