import { accessSync, chmodSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Image, Platform } from "../contract";
import { catalogueReader } from "./catalogue";
import type { PlatformConfig } from "./config";
import type { Context } from "./context";
import { type Database, openDatabase } from "./database";
import { builtInImages, processEngine } from "./engine";
import { flavorsOf } from "./flavor";
import { FolderError, lockFolder } from "./folder-lock";
import { relayGateway } from "./gateway";
import { instanceRepository } from "./instance";
import { MeteredGateway } from "./metered-gateway";
import { migrate } from "./migrations";
import { platformInfo } from "./platform-info";
import { portForwardRepository } from "./port-forward";
import { projectRepository } from "./project";
import { Reconciler } from "./reconciler";
import { defaultSettings, type PlatformSettings } from "./settings";
import { openStore } from "./store";

/** What an embedded platform is started with. */
export interface EmbeddedPlatformOptions extends Omit<PlatformConfig, "ports"> {
  /** Version of the software, for `info`. */
  readonly version: string;
  /** Folder of everything that lasts; made when it does not exist, for this user alone. */
  readonly dataDir: string;
  /** @default 20000 to 32767 */
  readonly ports?: PlatformSettings["ports"] | undefined;
  /** Ends the start; it rejects then. */
  readonly signal?: AbortSignal;
  /** Takes one line for the operator. @default silent */
  readonly log?: (line: string) => void;
}

/** A running platform of this machine. */
export interface EmbeddedPlatform {
  readonly platform: Platform;
  readonly settings: PlatformSettings;
  /** Ends instances and closes ports; what was declared stays in the data folder. */
  close(): Promise<void>;
}

/**
 * Starts a platform on this machine: opens its data folder and brings every instance and forward of it
 * back, each on the port that it had.
 * @throws Error when the data folder cannot be used, among others because another platform uses it.
 */
export async function startEmbeddedPlatform(options: EmbeddedPlatformOptions): Promise<EmbeddedPlatform> {
  const { log = () => {} } = options;
  const dataDir = resolve(options.dataDir);
  const settings: PlatformSettings = {
    dataDir,
    externalIps: options.externalIps ?? defaultSettings.externalIps,
    ports: options.ports ?? defaultSettings.ports,
    privateCidr: options.privateCidr ?? defaultSettings.privateCidr,
  };
  const images = { ...builtInImages, ...options.images };
  const lock = takeFolder(dataDir);
  let database: Database | undefined;
  try {
    database = openDatabase(privateFile(join(dataDir, "platform.db")));
    migrate(database);
    const store = openStore(database);
    const engine = processEngine({
      images,
      dataDir,
      log,
      onState: (id, state) => reconciler.machineChanged(id, state),
    });
    const info = await platformInfo(settings, engine, options);
    const flavors = flavorsOf(options.flavors);
    const gateway = new MeteredGateway(relayGateway(), database, log);
    const reconciler = new Reconciler(
      store,
      engine,
      gateway,
      { externalIps: settings.externalIps, flavors },
      log,
    );
    const context: Context = { store, settings, images: imagesOf(images), flavors, info, reconciler, log };
    await startOrStop(reconciler, options.signal);
    return {
      settings,
      platform: {
        projects: projectRepository(context),
        instances: instanceRepository(context),
        portForwards: portForwardRepository(context),
        images: catalogueReader(context.images),
        flavors: catalogueReader(context.flavors),
        info: async () => info,
      },
      close: async () => {
        await reconciler.shutdown();
        store.database.close();
        lock.release();
      },
    };
  } catch (error) {
    database?.close();
    lock.release();
    throw error;
  }
}

/** @throws FolderError */
function takeFolder(dataDir: string): { release(): void } {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FolderError(
      `The data folder ${dataDir} cannot be used (${code}); choose another one with --data.`,
    );
  }
  return lockFolder(dataDir);
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

/** Makes a file for this user alone, also in a folder that others can read; SQLite's files beside it follow. */
function privateFile(file: string): string {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  return file;
}

function imagesOf(images: Readonly<Record<string, { readonly description: string }>>): Image[] {
  return Object.entries(images)
    .map(([name, { description }]) => ({ name, description }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
