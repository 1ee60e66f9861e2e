import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onCleanUp } from "../support/clean-up";

/** A request on its way to the cloud. */
export interface Passing {
  readonly method: string;
  readonly url: string;
  /** Has the cloud do it, and tells what it answers. */
  pass(): Promise<Told>;
}

/** An answer on its way back. */
export interface Told {
  readonly status: number;
  readonly body: string;
}

/**
 * Puts a proxy before a service of the lab that may answer in its place, as those before real clouds do, or tell less
 * than it does, as its older releases do; it goes with the test.
 * @param meddle undefined for what is to pass as it is
 * @returns what clients use instead of the service's URL
 */
export async function meddlingProxy(
  endpoint: string,
  meddle: (request: Passing) => Promise<Told> | undefined,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const method = request.method!;
    const url = request.url!;
    const sent = await text(request);
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
    const pass = async (): Promise<Told> => {
      const answer = await fetch(`${endpoint}${url}`, {
        method,
        headers: headers as Record<string, string>,
        ...(sent === "" ? {} : { body: sent }),
      });
      return { status: answer.status, body: await answer.text() };
    };
    const { status, body } = await (meddle({ method, url, pass }) ?? pass());
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a proxy says in place of a service that does not answer it. */
export const badGateway: Told = { status: 502, body: "<html><body>502 Bad Gateway</body></html>" };
