import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Datacenter, Refused } from "./datacenter";
import { catalogue, type Job, type Kind, type Me } from "./records";

/** The company's API, as it runs. */
export interface Company {
  readonly url: string;
  /** `staff` may change everything, `customer` only digs holes to boxes that are there. */
  readonly keys: { readonly staff: string; readonly customer: string };
  close(): Promise<void>;
}

/** What the company starts with. */
export interface CompanyOptions {
  /** Public address of all holes. @default 127.0.0.1 */
  readonly publicIp?: string;
  /** First two bytes of the addresses of boxes. @default 127.200 */
  readonly boxNetwork?: string;
  /** How long each change takes. @default 20 ms */
  readonly jobMs?: number;
}

const rights = { staff: ["tenants", "boxes", "holes"], customer: ["holes"] } as const;

/**
 * Starts the API of a company's own VM platform. It stands for one that nobody will change for our sake: its own
 * words, changes that are begun and done later, and a request that is sent twice makes two things.
 */
export async function startCompany(options: CompanyOptions = {}): Promise<Company> {
  const { publicIp = "127.0.0.1", boxNetwork = "127.200", jobMs = 20 } = options;
  const keys = { staff: "staff-key", customer: "customer-key" };
  const place = { public_ip: publicIp, outer: { low: 20_000, high: 32_767 } };
  const datacenter = new Datacenter(place, boxNetwork);
  const jobs = new Map<number, Job>();
  const underway = new Set<Promise<void>>();

  const begin = (work: () => Promise<number>): { job: number } => {
    const job = jobs.size + 1;
    jobs.set(job, { state: "RUNNING" });
    const done = pause(jobMs)
      .then(work)
      .then(
        (no) => void jobs.set(job, { state: "DONE", no }),
        (error) => {
          if (!(error instanceof Refused)) throw error;
          jobs.set(job, { state: "FAILED", why: error.why });
        },
      )
      .finally(() => underway.delete(done));
    underway.add(done);
    return { job };
  };

  const change: Record<string, (no: number, body: object) => Promise<number>> = {
    "POST tenants": (_, body) => datacenter.addTenant(body),
    "PUT tenants": (no, body) => datacenter.changeTenant(no, body),
    "DELETE tenants": (no) => datacenter.removeTenant(no),
    "POST boxes": (_, body) => datacenter.addBox(body),
    "PUT boxes": (no, body) => datacenter.changeBox(no, body),
    "DELETE boxes": (no) => datacenter.removeBox(no),
    "POST holes": (_, body) => datacenter.addHole(body),
    "PUT holes": (no, body) => datacenter.changeHole(no, body),
    "DELETE holes": (no) => datacenter.removeHole(no),
  };

  const answer = async (request: IncomingMessage): Promise<[status: number, body: unknown]> => {
    const holder = (["staff", "customer"] as const).find((who) => request.headers["x-key"] === keys[who]);
    if (!holder) return [401, { error: "WHO_ARE_YOU" }];
    const may: readonly Kind[] = rights[holder];
    const [, kind = "", no] = request.url!.split("/");
    if (request.method === "GET") {
      if (kind === "me") return [200, { may, ...place } satisfies Me];
      if (kind === "catalogue") return [200, catalogue];
      if (kind === "jobs") return [200, jobs.get(Number(no))];
      if (isKind(kind)) return [200, [...datacenter[kind].values()]];
    }
    const work = change[`${request.method} ${kind}`];
    if (!work || !isKind(kind)) return [404, { error: "NO_SUCH_PAGE" }];
    if (!may.includes(kind)) return [403, { error: "YOU_MAY_NOT" }];
    const body = await bodyOf(request);
    return [202, begin(() => work(Number(no), body))];
  };

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const [status, body] = await answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    close: async () => {
      await Promise.all(underway);
      await datacenter.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const isKind = (text: string): text is Kind => ["tenants", "boxes", "holes"].includes(text);

async function bodyOf(request: IncomingMessage): Promise<object> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text === "" ? {} : JSON.parse(text);
}
