import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onCleanUp } from "./clean-up";

/** A TCP proxy that can lose what a server answers. */
export interface CuttingProxy {
  /** What clients use instead of the server's URL. */
  readonly endpoint: string;
  /**
   * Cuts the connection of the next `count` answers when they come: the server has done what was asked by then.
   * @param to which requests, by what they begin with: `POST /v1/instances`; all of them by default
   */
  cutAnswers(count: number, to?: string): void;
  /** How many answers were lost so far. */
  readonly lost: number;
}

/** Puts a proxy before a server; it goes with the test. */
export async function cuttingProxy(endpoint: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(endpoint);
  const sockets = new Set<Socket>();
  let toCut = 0;
  let begin = "";
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    const both = [client, upstream];
    const end = () => {
      for (const socket of both) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of both) {
      sockets.add(socket);
      socket.on("error", end).on("close", end);
    }
    let asked = "";
    client.on("data", (request) => {
      // A long request comes in several pieces, the first of which names it.
      const line = request.toString("latin1", 0, 60);
      if (/^(GET|POST|PATCH|DELETE) /.test(line)) asked = line;
    });
    client.pipe(upstream);
    upstream.on("data", (answer) => {
      if (toCut === 0 || !asked.startsWith(begin)) {
        client.write(answer);
        return;
      }
      toCut--;
      lost++;
      end();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onCleanUp(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutAnswers: (count, to = "") => {
      toCut = count;
      begin = to;
    },
    get lost() {
      return lost;
    },
  };
}
