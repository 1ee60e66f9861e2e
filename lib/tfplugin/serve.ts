import type { Provider } from "./provider";
import { newAddress } from "./server/address";
import { selfSignedCertificate } from "./server/certificate";
import { refusal } from "./server/environment";
import { type MethodLookup, serveGrpc, type UnaryMethod } from "./server/grpc";
import { handshakeLine, listen } from "./server/handshake";
import { Ending, governLifetime, SHUTDOWN } from "./server/lifetime";
import { errorText, log } from "./server/log";
import { createSessionServer } from "./server/session";

type LoadProvider = () => Provider | Promise<Provider>;
type Methods = { readonly [name: string]: UnaryMethod };
type LoadMethods = () => Methods | Promise<Methods>;

/**
 * Runs this process as a Terraform provider until Terraform is done with it.
 * Terraform starts three to five such processes per command and waits for each, so the provider itself is loaded
 * only after Terraform has been told where to connect: load it inside of `load`, and import nothing heavy before.
 * Import this function from the file `serve`, not from the index, in programs that are not bundled.
 *
 * When a person runs the executable by hand, an explanation goes to stderr and the exit code is 1.
 *
 * @example
 * #!/usr/bin/env node
 * import { serve } from "./tfplugin/serve";
 * serve(async () => (await import("./provider.js")).provider);
 */
export function serve(load: LoadProvider): Promise<void> {
  return serveMethods(async () => {
    const provider = await load();
    // `require`, because it is synchronous and lazy in every module system that this runs in.
    return (require("./rpc/methods") as typeof import("./rpc/methods")).createMethods(provider);
  });
}

/**
 * `serve` for programs that load their methods themselves, because they keep all but the handshake out of the
 * code that the process starts with: `load` returns what `createMethods(provider)` of `rpc/methods` made.
 */
export async function serveMethods(load: LoadMethods): Promise<void> {
  const reason = refusal(process.env);
  if (reason) {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  }
  const address = newAddress();
  const clientPem = process.env.PLUGIN_CLIENT_CERT;
  const tls = clientPem ? { certificate: selfSignedCertificate(), clientPem } : undefined;
  const server = createSessionServer(tls, () => ending.connectionClosed());
  governLifetime(address.network === "unix" ? address.path : undefined);
  const loaded = deferred<MethodLookup>();
  let lookup: MethodLookup = async (name) => (await loaded.promise)(name);
  loaded.promise.then((ready) => {
    lookup = ready;
  });
  const ending: Ending = new Ending(
    serveGrpc(server, (name) => (name === SHUTDOWN ? ending.shutDown : lookup(name))),
    async () => (await lookup(SHUTDOWN))?.(new Uint8Array()),
  );
  const place = await listen(server, address);
  process.stdout.write(handshakeLine(place.network, place.address, tls?.certificate), () => {
    // The line is out, Terraform is busy connecting: this is the time to load.
    setImmediate(() => loaded.resolve(lookupIn(load)));
  });
}

async function lookupIn(load: LoadMethods): Promise<MethodLookup> {
  try {
    const methods = await load();
    return (name) => methods[name];
  } catch (error) {
    log("error", `The provider did not load: ${errorText(error)}`);
    const message = `The provider did not load: ${error instanceof Error ? error.message : String(error)}`;
    return () => Promise.reject(new Error(message));
  }
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T | Promise<T>) => void } {
  let resolve: (value: T | Promise<T>) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
