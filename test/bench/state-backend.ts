import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Keeps Terraform states in memory. */
export interface StateBackend {
  /** The HCL that keeps a configuration's state here. */
  configuration(name: string): string;
  read(name: string): unknown;
  write(name: string, state: unknown): void;
  close(): Promise<void>;
}

/** Terraform writes a local state file anew after each resource, which would be most of what an apply of many costs. */
export async function startStateBackend(): Promise<StateBackend> {
  const states = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const name = request.url!.slice(1);
    if (request.method === "POST") states.set(name, Buffer.concat(await request.toArray()));
    const state = states.get(name);
    response.writeHead(state ? 200 : 404).end(request.method === "GET" ? state : undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    configuration: (name) => `
terraform {
  backend "http" {
    address = "http://127.0.0.1:${port}/${name}"
  }
}
`,
    read: (name) => JSON.parse(states.get(name)!.toString("utf8")),
    write: (name, state) => states.set(name, Buffer.from(JSON.stringify(state))),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
