import { resolve } from "node:path";
import type { Caller, Image, Platform } from "../contract";
import type { MetricFamily } from "../http/server";
import { type Logger, silent } from "../log";
import { withAccess } from "./access";
import { administration } from "./administration";
import { catalogueReader } from "./catalogue";
import { startChores } from "./chores";
import type { PlatformConfig } from "./config";
import { type ConnectionLog, openConnectionLog } from "./connection-log";
import type { Context } from "./context";
import { openDataFolder } from "./data-folder";
import { builtInImages, processEngine } from "./engine";
import { flavorsOf } from "./flavor";
import { relayGateway } from "./gateway";
import { databaseTrouble, diskMetrics } from "./health";
import { instanceRepository } from "./instance";
import { MeteredGateway } from "./metered-gateway";
import { platformInfo } from "./platform-info";
import { portForwardRepository } from "./port-forward";
import { projectRepository } from "./project";
import { Reconciler } from "./reconciler";
import { defaultSettings, type PlatformSettings } from "./settings";
import { openStore } from "./store";
import { Tokens } from "./token";
import { fastestSockets, type UdpSockets } from "./udp";

/** So that "who had this port a year ago" has an answer. */
const defaultAuditDays = 400;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** What an embedded platform is started with. */
export interface EmbeddedPlatformOptions extends Omit<PlatformConfig, "ports"> {
  /** Version of the software, for `info`. */
  readonly version: string;
  /** Folder of everything that lasts; made when it does not exist, for this user alone. */
  readonly dataDir: string;
  /** @default 20000 to 32767 */
  readonly ports?: PlatformSettings["ports"] | undefined;
  /** File that gets a line for each connection that is over or was turned away. @default none */
  readonly connectionLog?: string | undefined;
  /** Ends the start; it rejects then. */
  readonly signal?: AbortSignal;
  /** Hears what the operator should. @default silent */
  readonly log?: Logger;
}

/** A running platform of this machine. */
export interface EmbeddedPlatform {
  /** Gives each caller what its token allows; without a caller, a call is the administrator's. */
  readonly platform: Platform;
  readonly settings: PlatformSettings;
  /**
   * Whose a token is, of those that were made; undefined where nobody's.
   * @throws PlatformError `unauthenticated` where its time is over
   */
  authenticate(token: string): Pick<Caller, "id" | "name" | "role" | "projectId"> | undefined;
  /** Why it cannot serve now: its database does not answer, or it is stopping; undefined: it can. */
  notReady(): string | undefined;
  /** What it takes of its host, for `/metrics`. */
  metrics(): readonly MetricFamily[];
  /**
   * Closes ports and ends instances; what was declared stays in the data folder, and is still read and answered. Open
   * TCP connections may finish until the signal aborts, and are cut then.
   * @param until without it they are cut at once
   */
  stop(until?: AbortSignal): Promise<void>;
  /** `stop`, and lets go of the data folder: for when no request is under way any more. */
  close(until?: AbortSignal): Promise<void>;
}

/**
 * Starts a platform on this machine: opens its data folder and brings every instance and forward of it
 * back, each on the port that it had.
 * @throws FolderError when the data folder cannot be used, among others because another platform uses it.
 */
export async function startEmbeddedPlatform(options: EmbeddedPlatformOptions): Promise<EmbeddedPlatform> {
  const { log = silent } = options;
  const dataDir = resolve(options.dataDir);
  const settings: PlatformSettings = {
    dataDir,
    externalIps: options.externalIps ?? defaultSettings.externalIps,
    ports: options.ports ?? defaultSettings.ports,
    privateCidr: options.privateCidr ?? defaultSettings.privateCidr,
  };
  const images = { ...builtInImages, ...options.images };
  const folder = openDataFolder(dataDir);
  let connections: ConnectionLog | undefined;
  try {
    if (options.connectionLog !== undefined)
      connections = await openConnectionLog(options.connectionLog, log);
    const { database } = folder;
    const store = openStore(database);
    const engine = processEngine({
      images,
      dataDir,
      log,
      onState: (id, state) => reconciler.machineChanged(id, state),
    });
    const info = await platformInfo(settings, engine, options);
    const flavors = flavorsOf(options.flavors);
    const gateway = new MeteredGateway(
      relayGateway({
        ended: connections?.add,
        udpSockets: udpSockets(log),
        tcpIdleMs: (options.tcpIdleSeconds ?? 0) * 1_000,
        ...(options.tcpConnectionsPerForward && { tcpConnectionsPerRoute: options.tcpConnectionsPerForward }),
      }),
      database,
      log,
    );
    const reconciler = new Reconciler(
      store,
      engine,
      gateway,
      { externalIps: settings.externalIps, flavors },
      log,
    );
    const context: Context = { store, settings, images: imagesOf(images), flavors, info, reconciler, log };
    await startOrStop(reconciler, options.signal);
    const tokens = new Tokens(database, store.audit);
    const chores = startChores(
      [
        { everyMs: dayMs, run: () => store.audit.prune(options.auditDays ?? defaultAuditDays) },
        { everyMs: 60 * minuteMs, run: () => store.idempotencyKeys.prune() },
        { everyMs: minuteMs, run: () => tokens.writeUses() },
      ],
      log,
    );
    const platform = withAccess({
      projects: projectRepository(context),
      instances: instanceRepository(context),
      portForwards: portForwardRepository(context),
      images: catalogueReader(context.images),
      flavors: catalogueReader(context.flavors),
      info: async () => info,
    });
    let stopped: Promise<void> | undefined;
    const stop = (until?: AbortSignal): Promise<void> => {
      stopped ??= reconciler.shutdown(until);
      return stopped;
    };
    return {
      settings,
      platform: {
        ...platform,
        administration: administration(store, tokens, reconciler, platform.portForwards),
      },
      authenticate: (token) => tokens.callerOf(token),
      notReady: () => (stopped ? "it is stopping" : databaseTrouble(database)),
      metrics: () => diskMetrics(dataDir),
      stop,
      close: async (until) => {
        await stop(until);
        chores.stop();
        await connections?.close();
        folder.close();
      },
    };
  } catch (error) {
    await connections?.close();
    folder.close();
    throw error;
  }
}

/** @throws the signal's reason, with nothing running, when it aborts before everything has started */
async function startOrStop(reconciler: Reconciler, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped = reconciler.shutdown();
  };
  signal?.addEventListener("abort", stop);
  await reconciler.start();
  signal?.removeEventListener("abort", stop);
  await stopped;
  signal?.throwIfAborted();
}

/** The platform does without what only makes it faster, and says so. */
function udpSockets(log: Logger): UdpSockets | undefined {
  try {
    const sockets = fastestSockets();
    if (!sockets.isBatching)
      log.info(
        "UDP is carried datagram by datagram: on Linux (x64, arm64) it is many at a time with the package koffi",
      );
    return sockets;
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    log.warn(
      `The package koffi is installed and cannot be used (${reason}): UDP is carried datagram by datagram.`,
    );
    return undefined;
  }
}

function imagesOf(images: Readonly<Record<string, { readonly description: string }>>): Image[] {
  return Object.entries(images)
    .map(([name, { description }]) => ({ name, description }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
