import { once } from "node:events";
import { BlockList, createServer, isIP } from "node:net";
import {
  administratorToken,
  defaultSettings,
  type EmbeddedPlatform,
  startEmbeddedPlatform,
} from "../embedded";
import { type PlatformServer, servePlatform } from "../http/server";
import { CertificateError, otherNames, type TlsFiles } from "../http/tls";
import type { Logger } from "../log";
import { version } from "../provider/version";
import { dataDirOf } from "./data-dir";
import { parseWait } from "./duration";
import { UsageError } from "./failure";
import { readConfig, type StartConfig } from "./platform/config";
import { ephemeralWarning, kernelPorts } from "./platform/ephemeral-ports";
import { type ListenAddress, listenForm, parseListen } from "./platform/listen";
import { logWriter } from "./platform/log-writer";
import { Redaction } from "./platform/redaction";
import { stopSignals } from "./platform/stop-signals";
import { wildcardListeners } from "./platform/wildcard-listeners";

/** The flags of `fairlead platform start`: what its configuration file may say, too. */
export interface PlatformStartOptions
  extends Pick<
    StartConfig,
    | "listen"
    | "data"
    | "connectionLog"
    | "drain"
    | "expose"
    | "tlsCert"
    | "tlsKey"
    | "logFormat"
    | "logLevel"
    | "json"
  > {
  readonly externalIp?: readonly string[];
  readonly ports?: string;
  readonly config?: string;
}

/** Ports of other programs that are named. */
const mostShown = 10;
const defaultListen = "127.0.0.1:7878";

/** Runs a platform until SIGTERM, SIGINT, SIGHUP or the end of a parent; one of them during the start ends that. */
export async function platformStart(flags: PlatformStartOptions): Promise<void> {
  const settings = settingsOf(flags);
  const { listen = defaultListen, externalIps = defaultSettings.externalIps } = settings;
  const address = listenAddress(listen);
  guardAddresses(address.host, externalIps, settings.expose === true);
  const dataDir = dataDirOf(settings.data);
  await guardLocal(externalIps);
  const drainMs = parseWait("--drain", settings.drain ?? "0s");
  const tls = parseTls(settings);
  const redaction = new Redaction();
  const log = logToStderr(settings, redaction);
  warnOfAddress(address.host, tls, log);
  const portWarning = ephemeralWarning(settings.ports ?? defaultSettings.ports, kernelPorts());
  if (portWarning !== undefined) log.warn(portWarning);
  if (settings.expose) warnOfListeners(log);

  const { stopping, hurry } = stopSignals(drainMs > 0, log);
  const embedded = await startEmbeddedPlatform({
    ...settings,
    version,
    dataDir,
    externalIps: [...externalIps],
    log,
    signal: stopping,
  }).catch((error: unknown) => {
    if (!stopping.aborted) throw error;
  });
  if (!embedded) return;
  let server: PlatformServer;
  try {
    const { token, tokenFile } = administratorToken(embedded.settings.dataDir);
    redaction.hide(token);
    server = await servePlatform(embedded.platform, {
      ...{ ...address, tls, token, version, log, metrics: embedded.metrics },
      authenticate: embedded.authenticate,
      rateLimit: settings.rateLimit,
      notReady: () => (stopping.aborted ? "it is stopping" : embedded.notReady()),
    }).catch((error) => {
      throw listenError(error, listen);
    });
    announce(embedded, server.endpoint, tokenFile, settings.json === true);
  } catch (error) {
    await embedded.close();
    throw error;
  }
  if (!stopping.aborted) await once(stopping, "abort");
  log.info(`${stopping.reason}: stopping`);
  // At once: the end of the instances also cuts short the requests that wait for one to start.
  const until = drainMs > 0 ? endOfDrain(drainMs, hurry) : undefined;
  await Promise.all([server.close(), embedded.stop(until)]);
  await embedded.close();
}

/** What the configuration file says, and flags over it. @throws ConfigError, UsageError */
function settingsOf({ config, externalIp, ports, ...others }: PlatformStartOptions): StartConfig {
  return {
    ...(config === undefined ? {} : readConfig(config)),
    ...others,
    ...(externalIp === undefined ? {} : { externalIps: [...externalIp] }),
    ...(ports === undefined ? {} : { ports: parsePorts(ports) }),
  };
}

function announce({ settings }: EmbeddedPlatform, endpoint: string, tokenFile: string, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ endpoint, tokenFile })}\n`);
    return;
  }
  const { from, to } = settings.ports;
  process.stdout.write(
    [
      `The platform is ready at ${endpoint}`,
      `  forwards   ${settings.externalIps.join(", ")}, ports ${from} to ${to}`,
      `  data       ${settings.dataDir}`,
      "To use it:",
      `  export FAIRLEAD_ENDPOINT=${endpoint} FAIRLEAD_TOKEN_FILE=${tokenFile}`,
      "",
    ].join("\n"),
  );
}

/** Text for who looks on, JSON for what collects it. */
function logToStderr({ logFormat, logLevel = "info" }: StartConfig, redaction: Redaction): Logger {
  // A collector that is gone must not take the platform along.
  process.stderr.on("error", () => {});
  return logWriter({
    format: logFormat ?? (process.stderr.isTTY ? "text" : "json"),
    level: logLevel,
    redaction,
    write: (text) => void process.stderr.write(text),
  });
}

function parseTls({ tlsCert, tlsKey }: StartConfig): TlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (!tlsCert || !tlsKey) {
    const [given, missing] = tlsCert ? ["--tls-cert", "--tls-key"] : ["--tls-key", "--tls-cert"];
    throw new UsageError(`${given} needs ${missing}, too: a certificate and its private key go together.`);
  }
  return { certFile: tlsCert, keyFile: tlsKey };
}

/** A forward to a port of an instance ends at whatever has that port of all addresses of this host. */
function warnOfListeners(log: Logger): void {
  const found = wildcardListeners();
  if (found.length === 0) return;
  const shown = found.slice(0, mostShown).join(", ");
  const more = found.length > mostShown ? ` and ${found.length - mostShown} more` : "";
  log.warn(
    `programs of this host listen at all of its addresses (${shown}${more}): who may make forwards can open them to others by a forward to that port of an instance; ` +
      "have them listen at addresses of their own, or reject these ports of 127.0.0.0/8 but 127.0.0.1 by a firewall",
  );
}

/** What works, and yet is seldom meant. */
function warnOfAddress(host: string, tls: TlsFiles | undefined, log: Logger): void {
  if (!tls && !isLoopback(host)) {
    log.warn(
      `the API is reachable from other machines without TLS, and tokens can be read on the way: add --tls-cert and --tls-key`,
    );
  }
  const names = tls && otherNames(tls, host);
  if (names !== undefined)
    log.warn(`the TLS certificate is for ${names}, and not for ${host}: clients have to use such a name`);
}

/** Open connections have their time, unless somebody cannot wait. */
const endOfDrain = (ms: number, hurry: AbortSignal): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(ms), hurry]);

/** @throws UsageError */
function listenAddress(text: string): ListenAddress {
  const address = parseListen(text);
  if (address) return address;
  throw new UsageError(`--listen is ${JSON.stringify(text)}, but it has to be ${listenForm}.`);
}

function parsePorts(text: string): { from: number; to: number } {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || from < 1 || to > 65535 || from > to) {
    throw new UsageError(
      `--ports is ${JSON.stringify(text)}, but it has to be a range within 1 to 65535, such as 20000-32767.`,
    );
  }
  return { from, to };
}

/** In any of the ways to write it. */
const unspecified = new BlockList();
unspecified.addAddress("0.0.0.0");
unspecified.addAddress("::", "ipv6");
unspecified.addAddress("::ffff:0:0", "ipv6");

/** @throws UsageError */
function guardAddresses(host: string, externalIps: readonly string[], expose: boolean): void {
  const wrong = externalIps.find((address) => isIP(address) === 0);
  if (wrong !== undefined)
    throw new UsageError(`--external-ip is ${JSON.stringify(wrong)}, but it has to be an IP address.`);
  const any = externalIps.find((address) =>
    unspecified.check(address, isIP(address) === 4 ? "ipv4" : "ipv6"),
  );
  if (any !== undefined)
    throw new UsageError(
      `--external-ip is ${any}, which is every address of this host, the private ones of instances, too; name those that clients connect to.`,
    );
  const reachable = [host, ...externalIps].find((address) => !isLoopback(address));
  if (reachable === undefined || expose) return;
  throw new UsageError(
    `${reachable} can be reached from other machines, and the forwards or the API with it. Add --expose if you mean that.`,
  );
}

const isLoopback = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address);

/** An address that this machine does not have would fail at every forward; better once, here. */
async function guardLocal(externalIps: readonly string[]): Promise<void> {
  for (const ip of externalIps) {
    const server = createServer();
    const bound = new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, ip, () => server.close(() => resolve()));
    });
    await bound.catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(
        `--external-ip is ${ip}, which cannot be listened on (${error.code}); choose an address that \`ip address\` lists.`,
      );
    });
  }
}

function listenError(error: unknown, listen: string): Error {
  if (error instanceof CertificateError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return code === "EADDRINUSE"
    ? new UsageError(
        `The API cannot listen at ${listen}: another program does. Choose another port with --listen, or 0 for a free one.`,
      )
    : new UsageError(
        `The API cannot listen at ${listen} (${code ?? error}). Choose another address with --listen.`,
      );
}
