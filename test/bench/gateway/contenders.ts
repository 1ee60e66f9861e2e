/** The relays that the gateway is measured beside, and how each is started. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { host, type Load, loads, type Ports } from "./load";

/** A relay under measurement; `start` resolves to the ports where it relays to the instance's. */
export interface Contender {
  readonly name: string;
  readonly binary?: string;
  readonly loads: readonly Load[];
  start(instance: Ports): Promise<Ports>;
}

const children = new Set<ChildProcess>();
/** Where the peers' configurations are, while a run lasts. */
let folder = "";

/** Starts a process of the benchmark in a role; see roles.ts. */
export function start(role: string): ChildProcess {
  const child = fork(join(__dirname, "roles.ts"), [], { env: { ...process.env, GATEWAY_BENCH_ROLE: role } });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** The next message of a process; rejects when it ends instead. */
export async function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const exited = () => reject(new Error("a process of the benchmark ended early"));
    child.once("exit", exited);
    child.once("message", (message) => {
      child.off("exit", exited);
      resolve(message as T);
    });
  });
}

async function freePorts(): Promise<Ports> {
  const servers = loads.map(() => createServer().listen(0, host));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return Object.fromEntries(loads.map((load, i) => [load, ports[i]])) as Ports;
}

/** Starts a program in the foreground and waits until its TCP ports answer. */
async function program(binary: string, args: readonly string[], ports: readonly number[]): Promise<void> {
  const child = spawn(binary, args, { stdio: "ignore" });
  children.add(child);
  child.once("exit", () => children.delete(child));
  for (const port of ports) {
    for (let tries = 0; ; tries++) {
      const socket = connect({ host, port });
      const connected = await once(socket, "connect").then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (connected) break;
      if (tries === 100) throw new Error(`${binary} does not listen`);
      await sleep(50);
    }
  }
}

const tcpLoads = loads.filter((load) => load !== "packets");

/** Our own, in the role of its name. */
const gateway = (name: string, itsLoads: readonly Load[]): Contender => ({
  name,
  loads: itsLoads,
  async start(instance) {
    const child = start(name);
    const ports = await freePorts();
    child.send({ instance, ports });
    await answer(child);
    return ports;
  },
});

/** All of them; direct loopback comes first. */
export const contenders: readonly Contender[] = [
  { name: "direct", loads, start: async (instance) => instance },
  gateway("gateway", loads),
  // Without the package that takes many datagrams by one call.
  gateway("gateway by Node", ["packets"]),
  {
    name: "node pipe",
    loads: tcpLoads,
    async start(instance) {
      const child = start("pipe");
      child.send(instance);
      return answer<Ports>(child);
    },
  },
  {
    // The least that a relay in Node can take for a datagram.
    name: "node dgram",
    loads: ["packets"],
    async start(instance) {
      const child = start("datagrams");
      child.send(instance);
      return answer<Ports>(child);
    },
  },
  {
    name: "haproxy",
    binary: "haproxy",
    loads: tcpLoads,
    async start(instance) {
      const ports = await freePorts();
      const relays = tcpLoads.map(
        (load) => `listen ${load}\n bind ${host}:${ports[load]}\n server s ${host}:${instance[load]}`,
      );
      const file = join(folder, "haproxy.cfg");
      const timeouts = " timeout connect 5s\n timeout client 60s\n timeout server 60s";
      writeFileSync(file, `global\n maxconn 4000\ndefaults\n mode tcp\n${timeouts}\n${relays.join("\n")}\n`);
      await program(
        "haproxy",
        ["-db", "-f", file],
        tcpLoads.map((load) => ports[load]),
      );
      return ports;
    },
  },
  {
    name: "nginx",
    binary: "nginx",
    loads,
    async start(instance) {
      const ports = await freePorts();
      const servers = loads.map((load) => {
        const udp = load === "packets";
        return `server { listen ${host}:${ports[load]}${udp ? " udp reuseport" : ""}; proxy_pass ${host}:${instance[load]}; }`;
      });
      const file = join(folder, "nginx.conf");
      writeFileSync(
        file,
        `include /etc/nginx/modules-enabled/*stream*.conf;\ndaemon off; worker_processes auto; pid ${folder}/nginx.pid;\n` +
          `error_log ${folder}/nginx.log; events { worker_connections 4096; }\nstream { ${servers.join("\n")} }\n`,
      );
      await program(
        "nginx",
        ["-c", file],
        tcpLoads.map((load) => ports[load]),
      );
      return ports;
    },
  },
  {
    name: "socat",
    binary: "socat",
    loads: ["download", "upload", "connections"],
    async start(instance) {
      const ports = await freePorts();
      for (const load of tcpLoads)
        await program(
          "socat",
          [
            "-b65536",
            `TCP-LISTEN:${ports[load]},bind=${host},fork,reuseaddr,backlog=1024,nodelay`,
            `TCP:${host}:${instance[load]},nodelay`,
          ],
          [ports[load]],
        );
      return ports;
    },
  },
];

/** Makes ready for a run; `stopAll` undoes it. */
export function prepare(): void {
  folder = mkdtempSync(join(tmpdir(), "gateway-bench-"));
}

/** Ends every process that was started, and removes their files. */
export async function stopAll(): Promise<void> {
  for (const child of children) child.kill();
  await Promise.all([...children].map((child) => once(child, "exit")));
  rmSync(folder, { recursive: true, force: true });
}
