import { Agent, request } from "node:http";
import { listAll } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { projectWithInstance } from "../support/project";
import { atLeast, atMost, median, type Row } from "./measure";

const clients = 50;
const rounds = 5;
const creates = 10_000;

/** Requests a second that the API takes of 50 clients: bare, and forwards that are made; and how long lists are. */
export async function run(): Promise<Row[]> {
  try {
    const unlimited = { rateLimit: { perSecond: 1_000_000, burst: 1_000_000 } };
    const { api, endpoint, token } = await startPlatformProcess({ config: unlimited });
    const { target } = await projectWithInstance(api, "bench", "echo");
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    const authorization = `Bearer ${token}`;
    const health = () => send(agent, `${endpoint}/health`, { method: "GET" });
    let made = 0;
    const create = () =>
      send(agent, `${endpoint}/v1/port-forwards`, {
        method: "POST",
        headers: { authorization },
        body: JSON.stringify({ ...target, internalPort: 1000 + made++ }),
      });
    const bare: number[] = [];
    const making: number[] = [];
    // In turns, so that a busy moment of the machine meets both.
    for (let round = 0; round < rounds; round++) {
      bare.push(await rate(creates / rounds, health));
      making.push(await rate(creates / rounds, create));
    }
    let pages = 0;
    const list: typeof api.portForwards.list = (query, options) => {
      pages++;
      return api.portForwards.list(query, options);
    };
    const began = performance.now();
    const listed = await listAll({ list });
    const listMs = performance.now() - began;
    agent.destroy();
    if (listed.length !== creates) throw new Error(`${listed.length} forwards are listed, not ${creates}`);
    return [
      { what: "GET /health, 50 clients", value: `${median(bare).toFixed(0)}/s` },
      { what: "forwards made, 50 clients", value: `${median(making).toFixed(0)}/s` },
      atLeast("forwards made / GET /health", median(making) / median(bare), 0.2),
      atMost(`pages of ${creates} forwards`, pages, 10, ""),
      { what: `list of ${creates} forwards`, value: `${listMs.toFixed(0)} ms` },
    ];
  } finally {
    await cleanUp();
  }
}

/** How often a second 50 clients get an answer. */
async function rate(count: number, ask: () => Promise<void>): Promise<number> {
  let left = count;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left-- > 0) await ask();
    }),
  );
  return (count / (performance.now() - began)) * 1000;
}

/** One request, without what a real client does around it. @throws Error when it is refused */
function send(
  agent: Agent,
  url: string,
  { method, headers = {}, body = "" }: { method: string; headers?: Record<string, string>; body?: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (answer) => {
      answer
        .resume()
        .on("end", () =>
          answer.statusCode! < 300
            ? resolve()
            : reject(new Error(`${method} ${url}: HTTP ${answer.statusCode}`)),
        );
    });
    sent.on("error", reject).end(body);
  });
}
